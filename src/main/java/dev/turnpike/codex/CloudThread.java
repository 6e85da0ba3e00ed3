package dev.turnpike.codex;

import java.time.Instant;

/**
 * A thread of the new Codex cloud, as in the list or in the reply to a request for its id.
 *
 * @param task the thread as a task whose latest turn is not known
 * @param repository {@code owner/name}, null when not known
 * @param active whether a turn runs, by the thread's own status
 * @param subAgent whether another thread has started it
 * @param forked whether it begins with another thread's turns
 */
public record CloudThread(Task task, String repository, boolean active, boolean subAgent, boolean forked) {

    public String id() {
        return task.id();
    }

    /** The task with this latest turn. */
    public Task task(String turnId, TurnStatus status) {
        return task.withLatest(new Task.LatestTurn(turnId, status, status.label(), null, 1));
    }

    /**
     * The thread with an earlier time of its last change. Times have whole seconds, so that a thread may still change
     * within the second of its last change: this one differs from what the list shows later, and is read once more.
     */
    public CloudThread provisional() {
        Instant updated = task.updatedAt();
        Instant earlier = updated == null ? null : updated.minusMillis(1);
        return new CloudThread(task.withUpdatedAt(earlier), repository, active, subAgent, forked);
    }
}
