package dev.turnpike.sinks.delivery;

import java.time.Instant;

/**
 * A record a sink could not deliver.
 *
 * @param reason a few words without any secret
 * @param attempts 0 where it was never tried, since it is no event
 */
public record DeadLetter(
        SinkRecord record, String sink, String reason, int attempts, Instant firstAttempt, Instant lastAttempt) {}
