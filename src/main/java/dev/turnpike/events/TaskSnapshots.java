package dev.turnpike.events;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.codex.Task;
import dev.turnpike.credentials.Identity;
import dev.turnpike.json.Digest;
import java.time.Instant;

/** Builds {@code task.snapshot}, the present state of a task; readers keep the last one per task. */
public final class TaskSnapshots {
    private static final int HASH_BYTES = 16;

    private final TaskLinks links;

    public TaskSnapshots(TaskLinks links) {
        this.links = links;
    }

    /**
     * The snapshot of a task.
     *
     * @param observedAt when it was observed, for tasks without a time of their own
     */
    public Event of(Identity account, Task task, Instant observedAt) {
        Task.LatestTurn latest = task.latest();
        ObjectNode data = EventData.empty()
                .text("task_id", task.id())
                .source(task)
                .waitsFor(task)
                .text("title", task.title(), Limits.TITLE_BYTES)
                .text("environment", task.environment(), Limits.NAME_BYTES)
                .text("branch", task.branch(), Limits.NAME_BYTES)
                .text("intent", task.intent(), Limits.NAME_BYTES)
                .text("status", latest.status().label())
                .time("created_at", task.createdAt())
                .bool("archived", task.archived())
                .number("attempt_count", latest.attemptCount())
                .diffStats(latest.diffStats())
                .pullRequests(task.pullRequests())
                .text("latest_turn_id", latest.id())
                .url("url", links.of(task))
                .time("updated_at", task.updatedAt())
                .account(account)
                .node();
        // a hash over all of it, since readers may treat snapshots with the same id as the same
        return Event.ofTask(
                EventTopic.TASKS,
                account.account(),
                task.id(),
                "task.snapshot",
                task.id() + ":" + Digest.of(data.toString(), HASH_BYTES),
                task.updatedAt() != null ? task.updatedAt() : observedAt,
                data);
    }
}
