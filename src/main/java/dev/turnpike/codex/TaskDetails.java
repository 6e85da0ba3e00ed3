package dev.turnpike.codex;

/**
 * The reply to {@code GET tasks/{id}}, cut down to what may be told.
 *
 * @param task the head, never null
 * @param userTurn the current user turn, null when absent
 * @param assistantTurn the current assistant turn, null when absent
 * @param diffTurn the turn that holds the current diff, often the assistant turn again; null when absent
 */
public record TaskDetails(Task task, Turn userTurn, Turn assistantTurn, Turn diffTurn) {}
