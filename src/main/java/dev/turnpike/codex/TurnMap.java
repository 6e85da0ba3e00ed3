package dev.turnpike.codex;

import java.util.Map;

/**
 * Every turn of a task, from {@code GET tasks/{id}/turns}, or followed back turn by turn where that endpoint is
 * missing.
 *
 * @param currentTurnId null when upstream leaves it out
 * @param turns by turn id, in upstream's order
 */
public record TurnMap(String currentTurnId, Map<String, Turn> turns) {}
