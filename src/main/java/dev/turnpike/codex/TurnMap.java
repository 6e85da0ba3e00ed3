package dev.turnpike.codex;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Every turn of a task, from {@code GET tasks/{id}/turns}, or followed back turn by turn if that endpoint is
 * missing.
 *
 * @param currentTurnId null when upstream leaves it out
 * @param turns by turn id, in upstream's order
 * @param cut whether following the turns back ended at a turn that upstream did not show, so that there may be others
 */
public record TurnMap(String currentTurnId, Map<String, Turn> turns, boolean cut) {

    public TurnMap(String currentTurnId, Map<String, Turn> turns) {
        this(currentTurnId, turns, false);
    }

    /** The first attempt at what the user's turn asks for; empty when upstream does not show it. */
    public Optional<Turn> answerTo(Turn user) {
        return turns.values().stream()
                .filter(turn -> turn.assistant() && user.id().equals(turn.previousTurnId()))
                .filter(turn -> turn.attempt() == 0 || turn.attempt() == Turn.UNPLACED)
                .min(Comparator.comparingInt(Turn::attempt));
    }

    /** The other attempts at the request of a turn, by what upstream says of it or because they answer the same. */
    public Stream<Turn> siblingsOf(Turn one) {
        return turns.values().stream()
                .filter(turn -> turn.assistant() && !turn.id().equals(one.id()))
                .filter(turn -> one.siblingTurnIds().contains(turn.id())
                        || (one.previousTurnId() != null && one.previousTurnId().equals(turn.previousTurnId())));
    }

    /** The same turns without texts and diffs, which are most of a mapping and needed for few turns only. */
    public TurnMap withoutContent() {
        Map<String, Turn> bare = new LinkedHashMap<>();
        turns.forEach((id, turn) -> bare.put(id, turn.withoutContent()));
        return new TurnMap(currentTurnId, Collections.unmodifiableMap(bare), cut);
    }
}
