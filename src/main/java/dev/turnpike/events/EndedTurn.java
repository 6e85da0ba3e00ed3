package dev.turnpike.events;

import dev.turnpike.codex.Task;
import dev.turnpike.codex.Task.PullRequest;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.Turn.DiffStats;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.credentials.Identity;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * All data of a turn that has ended, from which its event is built.
 *
 * @param account of the turn
 * @param task as in the list
 * @param status a terminal one
 * @param createdAt null when not known
 * @param endedAt the best that is known, null when nothing is
 * @param observedAt when its end was observed
 * @param attemptCount 1 unless the request was best-of-N
 * @param details whether {@code content} and {@code prompt} are available
 * @param content that same turn with its messages and diff, null when not known
 * @param prompt what the user asked, null when not known
 * @param pullRequests of the task, empty when there are none
 * @param backfill whether it ended before the baseline
 */
public record EndedTurn(
        Identity account,
        Task task,
        String turnId,
        TurnStatus status,
        Instant createdAt,
        Instant endedAt,
        Instant observedAt,
        int attemptCount,
        Details details,
        Turn content,
        String prompt,
        List<PullRequest> pullRequests,
        boolean backfill) {

    /**
     * @throws IllegalArgumentException when the status is not terminal, or the content is another turn's: a text must
     *      never be published as that of another turn
     */
    public EndedTurn {
        pullRequests = List.copyOf(pullRequests);
        if (!status.isTerminal()) {
            throw new IllegalArgumentException("turn=" + turnId + " has not ended: status=" + status.word());
        }
        if (content != null && !content.id().equals(turnId)) {
            throw new IllegalArgumentException("turn=" + turnId + " cannot have the content of turn=" + content.id());
        }
    }

    /**
     * Size of its change, null where it made none or it is not known. The list's figures are preferred, since users see
     * them in Codex, but they are this turn's only while it is the latest.
     */
    public DiffStats diffStats() {
        Task.LatestTurn latest = task.latest();
        if (turnId.equals(latest.id()) && latest.diffStats() != null) {
            return latest.diffStats();
        }
        return content == null ? null : content.diffStats();
    }

    /** The base branch, null when not known. */
    public String branch() {
        return content != null && content.branch() != null ? content.branch() : task.branch();
    }

    /** {@code owner/name}, null when not known. */
    public String repository() {
        return content == null ? task.repository() : content.repository();
    }

    /** Whether an event has the fields that are read from the details of its task: messages, diff, prompt, error. */
    public enum Details {
        COMPLETE,
        /** They were fetched several times, and every attempt failed. */
        UNAVAILABLE,
        /** They were not fetched. */
        NONE;

        /** The name in the event. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
