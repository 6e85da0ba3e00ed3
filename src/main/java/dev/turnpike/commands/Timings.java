package dev.turnpike.commands;

import dev.turnpike.retry.BackOff;
import dev.turnpike.retry.Pauses;
import java.time.Duration;

/**
 * Pauses and time limits of commands.
 *
 * @param pause between two checks of something that changes by itself, such as a turn that runs
 * @param settle how long after an attempt its task may still appear
 * @param patience how long a command waits at most, unless for a known time
 */
public record Timings(Duration pause, Duration settle, Duration patience) {
    /** Retries of a failed call before the command is deferred. */
    static final int QUICK_TRIES = 5;

    static final BackOff QUICK = new BackOff(Duration.ofMillis(200), Duration.ofMillis(3200));
    private static final Duration LONGEST = Duration.ofMinutes(5);

    /** The pause before a deferred command is tried again, after this many deferrals for the same reason. */
    Duration slow(int deferrals) {
        return new BackOff(pause, Pauses.shorter(pause.multipliedBy(64), LONGEST)).after(deferrals + 1);
    }
}
