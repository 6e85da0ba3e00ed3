package dev.turnpike.events;

import dev.turnpike.codex.Turn;
import dev.turnpike.codex.Turn.DiffStats;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.EndedTurn.Details;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * All attempts at a best-of-N request, after the last of them has ended.
 *
 * @param account of the turn
 * @param turnId of the first attempt, the one that was reported as a turn
 * @param title of the task, null when not known; so are environment, repository and branch
 * @param observedAt when the end of the last attempt was observed
 * @param attempts the first attempt first, then the others in upstream's order
 * @param details whether the messages of the attempts are available
 * @param backfill whether the first attempt ended before the baseline
 */
public record EndedAttempts(
        Identity account,
        String taskId,
        String turnId,
        String title,
        String environment,
        String repository,
        String branch,
        Instant observedAt,
        List<Attempt> attempts,
        Details details,
        boolean backfill) {

    /**
     * One attempt and its outcome.
     *
     * @param status a terminal one
     * @param createdAt null when not known
     * @param endedAt the best that is known, null when nothing is
     * @param diffStats null when it changed nothing, or that is not known
     * @param summary what Codex said, null when it said nothing, or that is not known
     * @param error null when there was none
     */
    public record Attempt(
            String turnId,
            TurnStatus status,
            Instant createdAt,
            Instant endedAt,
            DiffStats diffStats,
            String summary,
            Turn.TurnError error) {

        /** @throws IllegalArgumentException when it has not ended */
        public Attempt {
            if (!status.isTerminal()) {
                throw new IllegalArgumentException("attempt=" + turnId + " has not ended: status=" + status.word());
            }
        }

        /** From the turn's own reply. */
        public static Attempt of(Turn turn) {
            return new Attempt(
                    turn.id(),
                    turn.status(),
                    turn.createdAt(),
                    turn.lastEventAt(),
                    turn.diffStats(),
                    turn.text(),
                    turn.error());
        }

        /** Without messages, where none may be published. */
        public Attempt withoutWords() {
            return new Attempt(turnId, status, createdAt, endedAt, diffStats, null, null);
        }
    }

    /** @throws IllegalArgumentException when the first attempt is not the turn itself */
    public EndedAttempts {
        attempts = List.copyOf(attempts);
        if (attempts.isEmpty() || !attempts.get(0).turnId().equals(turnId)) {
            throw new IllegalArgumentException("turn=" + turnId + " is not the first of its attempts");
        }
    }

    /** When the last attempt ended; null when that is not known of any. */
    Instant endedAt() {
        return attempts.stream()
                .map(Attempt::endedAt)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(null);
    }
}
