package dev.turnpike.usage;

import java.time.Instant;

/**
 * A limit that blocks the account; what blocks nothing is not remembered.
 *
 * @param since when that was first seen
 * @param freeSince since when every poll said that it no longer does; null when the last one said it did
 */
public record LimitKnown(Instant since, Instant freeSince) {}
