package dev.turnpike.alerts;

import java.time.Duration;

/**
 * How long something must last to be reported.
 *
 * @param stalledAfter a turn open without any change
 * @param conflictAfter a task's list entry and details that disagree
 * @param unavailableAfter an upstream that fails
 */
public record AlertRules(Duration stalledAfter, Duration conflictAfter, Duration unavailableAfter) {
    /** What the settings say where nobody set anything. */
    public static final AlertRules DEFAULT =
            new AlertRules(Duration.ofHours(2), Duration.ofMinutes(15), Duration.ofMinutes(10));
}
