package dev.turnpike.commands;

/**
 * A task that may have come of an attempt.
 *
 * @param turnId the turn that answers the prompt, null when upstream does not name it
 */
record FoundTask(String taskId, String turnId) {}
