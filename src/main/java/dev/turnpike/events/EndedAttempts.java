package dev.turnpike.events;

import dev.turnpike.codex.Turn;
import dev.turnpike.codex.Turn.DiffStats;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.comparison.KnownAttempts.BestOfNRequest;
import dev.turnpike.credentials.Identity;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * All attempts at a best-of-N request, after the last of them has ended.
 *
 * @param account of the turn
 * @param turnId of the first attempt, the one that was reported as a turn
 * @param request as it was then
 * @param first the first attempt with its content; null where that is not shown or not wanted
 * @param others in upstream's order
 * @param withMessages whether messages are wanted
 * @param observedAt when the end of the last attempt was observed
 */
public record EndedAttempts(
        Identity account,
        String taskId,
        String turnId,
        BestOfNRequest request,
        Turn first,
        List<Turn> others,
        boolean withMessages,
        Instant observedAt) {

    /** @throws IllegalArgumentException when an attempt has not ended, or the first one is not the turn itself */
    public EndedAttempts {
        others = List.copyOf(others);
        if (first != null && !first.id().equals(turnId)) {
            throw new IllegalArgumentException("turn=" + turnId + " is not the first of its attempts");
        }
        for (Turn other : others) {
            if (!other.status().isTerminal()) {
                throw new IllegalArgumentException("attempt=" + other.id() + " has not ended: status="
                        + other.status().label());
            }
        }
    }

    /**
     * One attempt and its outcome.
     *
     * @param content with its messages, null when they are not known or not wanted
     * @param createdAt null when not known
     * @param endedAt the best that is known, null when nothing is
     * @param diffStats null when it changed nothing, or that is not known
     */
    record Attempt(
            String turnId, TurnStatus status, Instant createdAt, Instant endedAt, DiffStats diffStats, Turn content) {}

    /** The first attempt first, then the others. */
    List<Attempt> attempts() {
        return Stream.concat(Stream.of(reported()), others.stream().map(this::attempt))
                .toList();
    }

    private Attempt attempt(Turn turn) {
        return new Attempt(
                turn.id(),
                turn.status(),
                turn.createdAt(),
                turn.lastEventAt(),
                turn.diffStats(),
                withMessages ? turn : null);
    }

    /** It has ended as it was reported, whatever upstream says of it by now. */
    private Attempt reported() {
        boolean dated = first != null && first.lastEventAt() != null;
        return new Attempt(
                turnId,
                request.first(),
                request.createdAt() == null && first != null ? first.createdAt() : request.createdAt(),
                dated ? first.lastEventAt() : request.endedAt(),
                request.stats() == null && first != null ? first.diffStats() : request.stats(),
                first);
    }

    /** When the last attempt ended; null when that is not known of any. */
    Instant endedAt() {
        return attempts().stream()
                .map(Attempt::endedAt)
                .filter(Objects::nonNull)
                .max(Instant::compareTo)
                .orElse(null);
    }
}
