package dev.turnpike.events;

import dev.turnpike.codex.Task;
import dev.turnpike.codex.Task.PullRequest;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.Turn.DiffStats;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.credentials.Identity;
import java.time.Instant;
import java.util.List;

/**
 * Everything known of a turn that has ended, before it is cut down to an event.
 *
 * @param account whose turn it is
 * @param task as the list shows it
 * @param status a terminal one
 * @param createdAt null when not known
 * @param endedAt the best that is known, null when nothing is
 * @param observedAt when we saw that it had ended
 * @param attemptCount 1 unless the request was best-of-N
 * @param details whether {@code content} and {@code prompt} are available
 * @param content that same turn with its messages and diff, null when not known
 * @param prompt what the user asked, null when not known
 * @param pullRequests of the task, empty when there are none
 * @param backfill whether it ended before we watched
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
     *     never be published as that of another turn
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
     * How large its change is, null where it made none or that is not known. The list's figures are those that people
     * see; they are this turn's only while it is the latest.
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
}
