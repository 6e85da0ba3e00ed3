package dev.turnpike.events;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.Turn;
import dev.turnpike.comparison.Observation.DetailsOutcome.Status;
import dev.turnpike.comparison.TaskChange.Ended;

/** Builds the event that a turn has ended: {@code turn.completed}, {@code turn.failed} or {@code turn.cancelled}. */
public final class TurnEvents {
    private final TaskLinks links;
    private final Content content;
    private final int maxDiffBytes;

    /**
     * @param content how much to publish
     * @param maxDiffBytes how much of a diff to publish at most, in bytes of UTF-8
     */
    public TurnEvents(TaskLinks links, Content content, int maxDiffBytes) {
        this.links = links;
        this.content = content;
        this.maxDiffBytes = maxDiffBytes;
    }

    /** Builds the event; its id is made of turn and status, so the same end is always the same event. */
    public Event of(EndedTurn ended) {
        Ended end = ended.end();
        ObjectNode metadata = metadata(ended);
        return new Event(
                EventTopic.TURNS,
                ended.task().id(),
                "turn." + end.status().label(),
                id(ended),
                ended.account().account(),
                ended.task().id(),
                end.endedAt() != null ? end.endedAt() : ended.observed().at(),
                content == Content.METADATA ? metadata : withTexts(metadata.deepCopy(), ended),
                metadata);
    }

    /** A fork of a thread keeps the ids of its turns, so that they are unique within a thread only. */
    private static String id(EndedTurn ended) {
        String id = ended.end().turnId() + ":" + ended.end().status().label();
        return ended.task().isThread() ? ended.task().id() + ":" + id : id;
    }

    private ObjectNode metadata(EndedTurn ended) {
        Task task = ended.task();
        Turn turn = ended.content();
        Ended end = ended.end();
        EventData data = EventData.empty()
                .text("task_id", task.id())
                .text("turn_id", end.turnId())
                .source(task)
                .text("status", end.status().label())
                .text("title", task.title(), Limits.TITLE_BYTES)
                .url("url", links.of(task))
                .text("environment", task.environment(), Limits.NAME_BYTES)
                .text("repository", ended.repository(), Limits.NAME_BYTES)
                .text("branch", ended.branch(), Limits.NAME_BYTES)
                .text("intent", task.intent(), Limits.NAME_BYTES)
                .time("created_at", end.createdAt())
                .time("ended_at", end.endedAt())
                .time("observed_at", ended.observed().at())
                .number("attempt_count", Math.max(1, ended.attemptCount()))
                .diffStats(ended.diffStats())
                .pullRequests(ended.pullRequests())
                .text("details", details(ended.details().status()))
                .bool("backfill", end.backfill())
                .account(ended.account());
        data.duration("duration_seconds", end.createdAt(), end.endedAt());
        if (turn != null && turn.diff() != null) {
            FileData.ofDiff(data, turn.diff());
        }
        if (turn != null) {
            FileData.ofEdits(data, turn.edits(), 0);
        }
        return data.error(turn == null ? null : turn.error(), false).node();
    }

    private static String details(Status status) {
        return switch (status) {
            case COMPLETE -> "complete";
            case NONE -> "none";
            case UNAVAILABLE, FAILED, REFUSED -> "unavailable";
        };
    }

    private ObjectNode withTexts(ObjectNode node, EndedTurn ended) {
        EventData data = new EventData(node);
        Turn turn = ended.content();
        if (turn != null) {
            data.text("summary", turn.text(), Limits.SUMMARY_BYTES).error(turn.error(), true);
        }
        if (content == Content.FULL) {
            data.text("diff", turn == null ? null : turn.diff(), maxDiffBytes);
            data.text("prompt", ended.details().prompt(), Limits.PROMPT_BYTES);
            if (turn != null && maxDiffBytes > 0) {
                FileData.ofEdits(data, turn.edits(), maxDiffBytes);
            }
        }
        return node;
    }
}
