package dev.turnpike.codex;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * Every turn of a task, from {@code GET tasks/{id}/turns}, or followed back turn by turn where that endpoint is
 * missing.
 *
 * @param currentTurnId null when upstream leaves it out
 * @param turns by turn id, in upstream's order
 */
public record TurnMap(String currentTurnId, Map<String, Turn> turns) {

    /** The first attempt at what the user's turn asks for; empty when upstream does not show it. */
    public Optional<Turn> answerTo(Turn user) {
        return turns.values().stream()
                .filter(turn -> turn.assistant() && user.id().equals(turn.previousTurnId()))
                .filter(turn -> turn.attempt() == 0 || turn.attempt() == Turn.UNPLACED)
                .min(Comparator.comparingInt(Turn::attempt));
    }
}
