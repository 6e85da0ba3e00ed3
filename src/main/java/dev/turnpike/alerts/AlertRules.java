package dev.turnpike.alerts;

import java.time.Duration;

/**
 * How long a condition must last before its alert is raised.
 *
 * @param stalledAfter a turn open without any change
 * @param conflictAfter a task's list entry and details that disagree
 * @param unavailableAfter an upstream that fails
 */
public record AlertRules(Duration stalledAfter, Duration conflictAfter, Duration unavailableAfter) {}
