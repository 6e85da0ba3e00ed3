/**
 * The watch on what goes wrong: upstream that fails, an API that changes, tasks that stand still or contradict
 * themselves. Each episode is reported once, through restarts, since it is part of the known state.
 */
package dev.turnpike.alerts;
