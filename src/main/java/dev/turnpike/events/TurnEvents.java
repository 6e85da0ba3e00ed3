package dev.turnpike.events;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.codex.DiffStats;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.Turn;
import java.time.Duration;
import java.time.Instant;

/** Tells that a turn has ended: {@code turn.completed}, {@code turn.failed} or {@code turn.cancelled}. */
public final class TurnEvents {
    private final TaskLinks links;
    private final Content content;
    private final int maxDiffBytes;

    /**
     * @param content how much to tell
     * @param maxDiffBytes how much of a diff to tell at most, in bytes of UTF-8
     */
    public TurnEvents(TaskLinks links, Content content, int maxDiffBytes) {
        this.links = links;
        this.content = content;
        this.maxDiffBytes = maxDiffBytes;
    }

    /** The event; its id is made of turn and status, so the same end told twice is the same event. */
    public Event of(EndedTurn ended) {
        ObjectNode metadata = metadata(ended);
        return new Event(
                Stream.TURNS,
                ended.task().id(),
                "turn." + ended.status().word(),
                ended.turnId() + ":" + ended.status().word(),
                ended.account().account(),
                ended.task().id(),
                ended.endedAt() != null ? ended.endedAt() : ended.observedAt(),
                content == Content.METADATA ? metadata : withTexts(metadata.deepCopy(), ended),
                metadata);
    }

    private ObjectNode metadata(EndedTurn ended) {
        Task task = ended.task();
        Turn turn = ended.content();
        EventData data = EventData.empty()
                .word("task_id", task.id())
                .word("turn_id", ended.turnId())
                .word("status", ended.status().word())
                .text("title", task.title(), Limits.TITLE_BYTES)
                .url("url", links.of(task.id()))
                .text("environment", task.environment(), Limits.NAME_BYTES)
                .text("repository", turn == null ? null : turn.repository(), Limits.NAME_BYTES)
                .text(
                        "branch",
                        turn != null && turn.branch() != null ? turn.branch() : task.branch(),
                        Limits.NAME_BYTES)
                .text("intent", task.intent(), Limits.NAME_BYTES)
                .time("created_at", ended.createdAt())
                .time("ended_at", ended.endedAt())
                .time("observed_at", ended.observedAt())
                .number("attempt_count", ended.attemptCount())
                .diffStats(diffStats(ended))
                .pullRequests(ended.pullRequests())
                .word("details", ended.details().word())
                .bool("backfill", ended.backfill())
                .account(ended.account());
        duration(data, ended.createdAt(), ended.endedAt());
        if (turn != null && turn.diff() != null) {
            data.files(turn.diff());
        }
        if (turn != null && turn.error() != null && turn.error().code() != null) {
            new EventData(data.node().putObject("error"))
                    .text("code", turn.error().code(), Limits.ERROR_CODE_BYTES);
        }
        return data.node();
    }

    private ObjectNode withTexts(ObjectNode node, EndedTurn ended) {
        EventData data = new EventData(node);
        Turn turn = ended.content();
        if (turn != null) {
            data.text("summary", turn.text(), Limits.SUMMARY_BYTES);
            if (turn.error() != null && turn.error().message() != null) {
                new EventData(node.withObjectProperty("error"))
                        .text("message", turn.error().message(), Limits.ERROR_MESSAGE_BYTES);
            }
        }
        if (content == Content.FULL) {
            data.text("diff", turn == null ? null : turn.diff(), maxDiffBytes);
            data.text("prompt", ended.prompt(), Limits.PROMPT_BYTES);
        }
        return node;
    }

    /** The list's figures are those that people see; they are this turn's only while it is the latest. */
    private static DiffStats diffStats(EndedTurn ended) {
        Task.LatestTurn latest = ended.task().latest();
        if (ended.turnId().equals(latest.id()) && latest.diffStats() != null) {
            return latest.diffStats();
        }
        return ended.content() == null ? null : ended.content().diffStats();
    }

    private static void duration(EventData data, Instant createdAt, Instant endedAt) {
        if (createdAt != null && endedAt != null && !endedAt.isBefore(createdAt)) {
            data.seconds(
                    "duration_seconds", Duration.between(createdAt, endedAt).toMillis() / 1000d);
        }
    }
}
