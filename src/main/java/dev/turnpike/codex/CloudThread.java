package dev.turnpike.codex;

import java.time.Instant;
import java.util.List;
import java.util.SortedSet;

/**
 * A thread of the new Codex cloud, as in the list or in the reply to a request for its id.
 *
 * @param id never null
 * @param title its name, else the beginning of its preview; null when it has neither
 * @param createdAt null when absent
 * @param updatedAt null when absent
 * @param status upstream's word: {@code notLoaded}, {@code idle}, {@code systemError}, {@code active}; null when absent
 * @param waitsFor the flags of an active thread, such as {@code waitingOnApproval}; empty where none is shown
 * @param branch null when not known
 * @param repository {@code owner/name}, null when not known
 * @param subAgent whether another thread has started it
 * @param forked whether it begins with another thread's turns
 */
public record CloudThread(
        String id,
        String title,
        Instant createdAt,
        Instant updatedAt,
        String status,
        SortedSet<String> waitsFor,
        String branch,
        String repository,
        boolean subAgent,
        boolean forked) {

    /** Whether a turn runs, by its own status. */
    public boolean isActive() {
        return "active".equals(status);
    }

    /** Converts the thread to a task whose latest turn is not known. */
    public Task task() {
        return task(null, TurnStatus.UNKNOWN);
    }

    /**
     * Converts the thread to a task with this latest turn.
     *
     * @param turnId null where it is not known
     */
    public Task task(String turnId, TurnStatus status) {
        return new Task(
                id,
                title,
                createdAt,
                updatedAt,
                null,
                branch,
                null,
                false,
                new Task.LatestTurn(turnId, status, turnId == null ? null : status.label(), null, 1),
                List.of(),
                new Task.ThreadState(waitsFor));
    }

    /**
     * The thread with an earlier time of its last change. Times have whole seconds, so that a thread may still change
     * within the second of its last change: this one differs from what the list shows later, and is read once more.
     */
    public CloudThread provisional() {
        Instant earlier = updatedAt == null ? null : updatedAt.minusMillis(1);
        return new CloudThread(id, title, createdAt, earlier, status, waitsFor, branch, repository, subAgent, forked);
    }
}
