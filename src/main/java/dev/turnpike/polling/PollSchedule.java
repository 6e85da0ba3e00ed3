package dev.turnpike.polling;

import dev.turnpike.retry.BackOff;
import dev.turnpike.retry.Pauses;
import java.time.Duration;
import java.util.Random;

/**
 * Computes the pause before the next poll: the configured interval after success; after a failure a few seconds, doubled with
 * each further failure in a row up to a limit; never less than upstream's Retry-After. All pauses have jitter, so that instances
 * and accounts spread out.
 */
public final class PollSchedule {
    private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(5);
    private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(5);
    /** What upstream asks for is honoured up to here; beyond, it is more likely garbage. */
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);

    private static final int BLOCKED = 15;
    private static final double SPREAD = 0.1;

    /** How soon the next poll should follow one that went well. */
    public enum Next {
        /** There was more to do than there was time. */
        AT_ONCE,
        /** A page could not be read, or a call about a task failed that is to be made again in a moment. */
        SOON,
        /** A task runs, or something about one is still to be read. */
        ACTIVE,
        IDLE
    }

    /**
     * How often an account is polled while all is well.
     *
     * @param active its tasks, while one of them runs
     * @param idle its tasks, while none does
     * @param usage its usage
     */
    public record Intervals(Duration active, Duration idle, Duration usage) {
        Duration usual(PollKind kind) {
            return kind == PollKind.USAGE ? usage : idle;
        }
    }

    private final Intervals intervals;
    private final Random random;

    public PollSchedule(Intervals intervals, Random random) {
        this.intervals = intervals;
        this.random = random;
    }

    /** After a poll that went well. */
    Duration after(PollKind kind, Next next) {
        return switch (next) {
            case AT_ONCE -> Duration.ZERO;
            case SOON -> afterFailure(kind, 1, null);
            case ACTIVE -> spread(intervals.active());
            case IDLE -> spread(intervals.usual(kind));
        };
    }

    /** A pause of about this length. */
    Duration after(Duration pause) {
        return spread(pause);
    }

    /**
     * After a failed one.
     *
     * @param failures how many failed in a row, this one included
     * @param retryAfter what upstream asked us to wait, null when it did not
     */
    Duration afterFailure(PollKind kind, int failures, Duration retryAfter) {
        Duration interval = intervals.usual(kind);
        BackOff backOff =
                new BackOff(Pauses.shorter(interval, FIRST_BACK_OFF), Pauses.longer(interval, LONGEST_BACK_OFF));
        Duration wait = spread(backOff.after(failures));
        return retryAfter == null
                ? wait
                : Pauses.longer(wait, spreadUp(Pauses.shorter(retryAfter, LONGEST_RETRY_AFTER)));
    }

    /** A network edge that blocks the host of threads does so for long, regardless of the account. */
    Duration whileBlocked(PollKind kind) {
        return intervals.usual(kind).multipliedBy(BLOCKED);
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
