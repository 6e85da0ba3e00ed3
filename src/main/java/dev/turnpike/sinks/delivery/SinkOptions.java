package dev.turnpike.sinks.delivery;

import dev.turnpike.retry.BackOff;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Settings common to all kinds of sinks.
 *
 * @param startFrom the time at which a new sink starts; null for new events only
 * @param concurrency deliveries of different tasks at a time
 */
public record SinkOptions(SinkFilter filter, Instant startFrom, RetryPolicy policy, int concurrency) {

    /**
     * Retry policy of a sink.
     *
     * @param firstPause after the first failure; doubled with each further one
     * @param longestPause the pauses' cap
     * @param recordTries attempts of a record that its receiver rejects explicitly
     * @param evidenceTries failures of a record while other tasks' events are delivered, until it counts as rejected
     * @param giveUpAfter time from a record's first failure to its dead letter while the receiver fails
     */
    public record RetryPolicy(
            Duration firstPause, Duration longestPause, int recordTries, int evidenceTries, Duration giveUpAfter) {

        /** One second, doubled up to a minute; three tries, or eight, which take about two minutes. */
        public static RetryPolicy standard(Duration giveUpAfter) {
            return new RetryPolicy(Duration.ofSeconds(1), Duration.ofMinutes(1), 3, 8, giveUpAfter);
        }

        /** The pause after that many failures, 1 or more, of which up to half is taken off at random. */
        Duration pauseAfter(int failures) {
            long capped = new BackOff(firstPause, longestPause).after(failures).toMillis();
            return Duration.ofMillis(capped - ThreadLocalRandom.current().nextLong(capped / 2 + 1));
        }
    }
}
