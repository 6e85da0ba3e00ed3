package dev.turnpike.polling;

import java.time.Duration;
import java.util.Random;

/**
 * How long to wait for the next poll: the interval while all is well, twice as long after each failure in a row up to a
 * cap, never less than what upstream asked for, and always a little off so that instances and accounts spread out.
 */
public final class Rhythm {
    private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(5);
    /** What upstream asks for is honoured up to here; beyond, it is more likely garbage than a wish. */
    private static final Duration LONGEST_WISH = Duration.ofHours(1);

    private static final double SPREAD = 0.1;

    private final Random random;

    public Rhythm(Random random) {
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
     * @param wish what upstream asked us to wait, null when it did not
     */
    public Duration afterFailure(Duration interval, int failures, Duration wish) {
        Duration first = interval.compareTo(Duration.ofSeconds(5)) < 0 ? interval : Duration.ofSeconds(5);
        Duration backOff = first.multipliedBy(1L << Math.min(failures - 1, 10));
        Duration longest = interval.compareTo(LONGEST_BACK_OFF) > 0 ? interval : LONGEST_BACK_OFF;
        Duration wait = spread(backOff.compareTo(longest) > 0 ? longest : backOff);
        if (wish == null) {
            return wait;
        }
        Duration honoured = wish.compareTo(LONGEST_WISH) > 0 ? LONGEST_WISH : wish;
        return honoured.compareTo(wait) > 0 ? honoured : wait;
    }

    private Duration spread(Duration exact) {
        double factor = 1 + SPREAD * (2 * random.nextDouble() - 1);
        return Duration.ofMillis(Math.round(exact.toMillis() * factor));
    }
}
