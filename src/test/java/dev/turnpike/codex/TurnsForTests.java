package dev.turnpike.codex;

import java.time.Instant;
import java.util.List;

/** Turns of an assistant of which a test needs only the course, without content. */
public final class TurnsForTests {
    private TurnsForTests() {}

    /**
     * One attempt at a request.
     *
     * @param attempt its number, {@link Turn#UNPLACED} for none
     * @param created null where upstream does not show it
     * @param request the id of the user's turn; null where upstream does not name it
     * @param siblings the ids of the other attempts
     */
    public static Turn turn(
            String id, int attempt, TurnStatus status, Instant created, String request, String... siblings) {
        return new Turn(
                id,
                true,
                attempt,
                status,
                created,
                null,
                request,
                List.of(siblings),
                null,
                null,
                null,
                null,
                null,
                null,
                List.of());
    }
}
