package dev.turnpike.codex;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * One turn of a task, reduced to what may be published: environments, logs and worklogs never leave the decoder.
 *
 * @param id never null
 * @param assistant true for Codex's turns, false for the user's
 * @param attempt 0-based place among the attempts of a best-of-N request; {@link #UNPLACED} when upstream leaves it
 *      null
 * @param status open for user turns
 * @param createdAt null when absent
 * @param lastEventAt time of the last event upstream shows on the turn, null when absent
 * @param previousTurnId the user turn an assistant turn answers, the assistant turn a user turn continues; null at the
 *      start or when absent
 * @param siblingTurnIds the other attempts; empty when there are none
 * @param text the assistant's messages, or the user's prompt; null when there is none
 * @param diff unified diff, null when there is none
 * @param diffStats null when there is no diff
 * @param error null when the turn has none
 * @param branch base branch, null when absent
 * @param repository {@code owner/name}, null when not known
 * @param edits the single edits of a thread's turn, in order, which are not its net change; empty for a task's turn
 */
public record Turn(
        String id,
        boolean assistant,
        int attempt,
        TurnStatus status,
        Instant createdAt,
        Instant lastEventAt,
        String previousTurnId,
        List<String> siblingTurnIds,
        String text,
        String diff,
        DiffStats diffStats,
        TurnError error,
        String branch,
        String repository,
        List<FileEdit> edits) {
    /** The place of an attempt without a number: after all numbered ones, as in the Codex CLI. */
    public static final int UNPLACED = Integer.MAX_VALUE;

    /** Attempts at one request in the order of their places, then of their begin, as the Codex CLI has them. */
    public static final Comparator<Turn> IN_ORDER = Comparator.comparingInt(Turn::attempt)
            .thenComparing(Turn::createdAt, Comparator.nullsLast(Comparator.naturalOrder()));

    public Turn {
        siblingTurnIds = List.copyOf(siblingTurnIds);
        edits = List.copyOf(edits);
    }

    /** Whether it is shown before its end; a word that nobody knows does not say so. */
    public boolean isRunning() {
        return status == TurnStatus.PENDING || status == TurnStatus.IN_PROGRESS;
    }

    static Turn user(String id, Instant at, String previous, List<String> siblings, String prompt, String branch) {
        return new Turn(
                id,
                false,
                0,
                TurnStatus.PENDING,
                at,
                null,
                previous,
                siblings,
                prompt,
                null,
                null,
                null,
                branch,
                null,
                List.of());
    }

    /** The same turn with another content, after another turn. */
    Turn with(String previous, String said, String unifiedDiff, List<FileEdit> single) {
        return new Turn(
                id,
                assistant,
                attempt,
                status,
                createdAt,
                lastEventAt,
                previous,
                siblingTurnIds,
                said,
                unifiedDiff,
                diffStats,
                error,
                branch,
                repository,
                single);
    }

    Turn withoutContent() {
        return with(previousTurnId, null, null, List.of());
    }

    /** Why a turn failed, as upstream reports it; either part may be null. */
    public record TurnError(String code, String message) {}

    /**
     * One edit of one file in a turn of a thread. Several edits of a file add up to its change, which upstream does not
     * show.
     *
     * @param path as upstream sends it, usually absolute
     * @param diff of this edit alone, null when upstream sends none or it was too long to keep
     */
    public record FileEdit(String path, Kind kind, String diff) {

        public enum Kind {
            ADDED,
            MODIFIED,
            DELETED,
            RENAMED;

            public String label() {
                return name().toLowerCase(Locale.ROOT);
            }
        }
    }

    public record DiffStats(int filesModified, int linesAdded, int linesRemoved) {}
}
