package dev.turnpike.retry;

import java.time.Duration;

/**
 * Pauses between retries, doubled with each failure.
 *
 * @param first after the first failure
 * @param longest the pauses' cap
 */
public record BackOff(Duration first, Duration longest) {
    private static final int MOST_DOUBLINGS = 20;

    /** The pause after this many failures in a row, from 1. */
    public Duration after(int failures) {
        return Pauses.shorter(first.multipliedBy(1L << Math.min(Math.max(0, failures - 1), MOST_DOUBLINGS)), longest);
    }
}
