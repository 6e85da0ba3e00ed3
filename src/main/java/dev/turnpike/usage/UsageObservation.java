package dev.turnpike.usage;

import java.time.Instant;

/**
 * An account's usage as it was just seen.
 *
 * @param account the account's id
 * @param at when, by upstream's clock where known
 */
public record UsageObservation(String account, UsageReply reply, Instant at) {}
