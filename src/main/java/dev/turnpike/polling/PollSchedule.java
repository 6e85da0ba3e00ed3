package dev.turnpike.polling;

import dev.turnpike.retry.BackOff;
import java.time.Duration;
import java.util.Random;

/**
 * How long to wait for the next poll: the interval while all is well; after a failure a few seconds, twice as long after
 * each further one in a row up to a cap; never less than what upstream asked for; and always a little off, so that
 * instances and accounts spread out.
 */
public final class PollSchedule {
    private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(5);
    private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(5);
    /** What upstream asks for is honoured up to here; beyond, it is more likely garbage. */
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

    private static final double SPREAD = 0.1;

    private final Random random;

    public PollSchedule(Random random) {
        this.random = random;
    }

    /** After a poll that went well. */
    public Duration after(Duration interval) {
        return spread(interval);
    }

    /**
     * After a failed one.
     *
     * @param interval the interval while all is well
     * @param failures how many failed in a row, this one included
     * @param retryAfter what upstream asked us to wait, null when it did not
     */
    public Duration afterFailure(Duration interval, int failures, Duration retryAfter) {
        BackOff backOff = new BackOff(shorter(interval, FIRST_BACK_OFF), longer(interval, LONGEST_BACK_OFF));
        Duration wait = spread(backOff.after(failures));
        return retryAfter == null ? wait : longer(wait, spreadUp(shorter(retryAfter, LONGEST_RETRY_AFTER)));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** Later, but never earlier. */
    private Duration spreadUp(Duration least) {
        return least.plusMillis(Math.round(least.toMillis() * SPREAD * random.nextDouble()));
    }

    private Duration spread(Duration exact) {
        double factor = 1 + SPREAD * (2 * random.nextDouble() - 1);
        return Duration.ofMillis(Math.round(exact.toMillis() * factor));
    }
}
