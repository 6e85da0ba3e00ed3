package dev.turnpike.sinks.delivery;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often and how long a sink tries.
 *
 * @param firstPause after the first failure; doubled with each further one
 * @param longestPause the pauses' cap
 * @param recordTries tries of a record that the receiver refuses
 * @param giveUpAfter how long a receiver that fails is tried with one record before that is dead-lettered
 * @param longestHold how long a polled record is held before it is given back to Kafka and read again; with one more
 *     pause and call it has to stay below {@code max.poll.interval.ms}
 */
public record RetryPolicy(
        Duration firstPause, Duration longestPause, int recordTries, Duration giveUpAfter, Duration longestHold) {

    /** One second, doubled up to a minute; three tries; records are held for two minutes at a time. */
    public static RetryPolicy standard(Duration giveUpAfter) {
        return new RetryPolicy(Duration.ofSeconds(1), Duration.ofMinutes(1), 3, giveUpAfter, Duration.ofMinutes(2));
    }

    /** The pause after that many failures, 1 or more, of which up to half is taken off at random. */
    Duration pauseAfter(int failures) {
        long doubled = firstPause.toMillis() << Math.min(failures - 1, 20);
        long capped = Math.min(doubled, longestPause.toMillis());
        return Duration.ofMillis(capped - ThreadLocalRandom.current().nextLong(capped / 2 + 1));
    }
}
