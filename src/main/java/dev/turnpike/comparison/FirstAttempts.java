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
import java.util.Set;
import java.util.stream.Stream;

/**
 * Picks, of all turns of a task, the ones that events are about: of each request's attempts the first. Attempts of one
 * best-of-N request answer the same user turn; upstream numbers them, or leaves the number null on all.
 */
final class FirstAttempts {
    private FirstAttempts() {}

    /**
     * In order of creation, so far as the times are known.
     *
     * @param known the turns that are known already: of several attempts without a number one of them stays the first
     */
    static List<Turn> of(TurnMap map, String latestTurnId, Set<String> known) {
        Map<String, List<Turn>> byRequest = new LinkedHashMap<>();
        for (Turn turn : map.turns().values()) {
            if (turn.assistant() && !isKnownByAnother(turn, known)) {
                byRequest
                        .computeIfAbsent(request(turn), key -> new ArrayList<>())
                        .add(turn);
            }
        }
        return byRequest.values().stream()
                .map(attempts -> first(attempts, latestTurnId, known))
                .filter(Objects::nonNull)
                .sorted(Comparator.comparing(FirstAttempts::created))
                .toList();
    }

    /** Whether a turn is an attempt at a request whose first attempt is another one. */
    static boolean isOther(TurnMap map, String turnId, List<Turn> first, Set<String> known) {
        Turn turn = turnId == null ? null : map.turns().get(turnId);
        return turn != null
                && (isKnownByAnother(turn, known)
                        || first.stream()
                                .anyMatch(one ->
                                        !one.id().equals(turnId) && request(one).equals(request(turn))));
    }

    /** Whether another attempt at its request is known as the first, even if it is not shown now. */
    private static boolean isKnownByAnother(Turn turn, Set<String> known) {
        return !known.contains(turn.id()) && turn.siblingTurnIds().stream().anyMatch(known::contains);
    }

    /** What an attempt answers: if upstream does not name the user's turn, the attempts name each other. */
    private static String request(Turn turn) {
        if (turn.previousTurnId() != null) {
            return turn.previousTurnId();
        }
        return Stream.concat(Stream.of(turn.id()), turn.siblingTurnIds().stream())
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static Turn first(List<Turn> attempts, String latestTurnId, Set<String> known) {
        return attempts.stream()
                .filter(turn -> turn.attempt() == 0 || turn.attempt() == Turn.UNPLACED || known.contains(turn.id()))
                .min(Comparator.comparing((Turn turn) -> !known.contains(turn.id()))
                        .thenComparing(Turn::attempt)
                        .thenComparing(turn -> !turn.id().equals(latestTurnId))
                        .thenComparing(FirstAttempts::created)
                        .thenComparing(Turn::id))
                .orElse(null);
    }

    private static Instant created(Turn turn) {
        return turn.createdAt() == null ? Instant.MAX : turn.createdAt();
    }
}
