package dev.turnpike.comparison;

import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Picks, of all turns of a task, the ones that events are about: of each request's attempts the first. Attempts of one
 * best-of-N request answer the same user turn; upstream numbers them, or leaves the number null on all.
 */
final class AttemptZero {
    private AttemptZero() {}

    /** In order of creation, so far as the times are known. */
    static List<Turn> of(TurnMap map, String latestTurnId) {
        Map<String, List<Turn>> byRequest = new LinkedHashMap<>();
        for (Turn turn : map.turns().values()) {
            if (turn.assistant()) {
                String request = turn.previousTurnId() == null ? turn.id() : turn.previousTurnId();
                byRequest.computeIfAbsent(request, key -> new ArrayList<>()).add(turn);
            }
        }
        return byRequest.values().stream()
                .map(attempts -> first(attempts, latestTurnId))
                .filter(Objects::nonNull)
                .sorted(Comparator.comparing(AttemptZero::created))
                .toList();
    }

    private static Turn first(List<Turn> attempts, String latestTurnId) {
        return attempts.stream()
                .filter(turn -> turn.attempt() == 0)
                .min(Comparator.comparing((Turn turn) -> !turn.id().equals(latestTurnId))
                        .thenComparing(AttemptZero::created)
                        .thenComparing(Turn::id))
                .orElse(null);
    }

    private static Instant created(Turn turn) {
        return turn.createdAt() == null ? Instant.MAX : turn.createdAt();
    }
}
