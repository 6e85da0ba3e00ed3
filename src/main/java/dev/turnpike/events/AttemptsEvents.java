package dev.turnpike.events;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.codex.Turn;
import dev.turnpike.comparison.KnownAttempts.About;
import java.time.Instant;
import java.util.List;

/**
 * Builds {@code turn.attempts-completed}, raised when the last attempt at a best-of-N request has ended, with status
 * and result of each attempt.
 */
public final class AttemptsEvents {
    private final TaskLinks links;
    private final Content content;

    /** @param content how much to publish; diffs and prompts are never included */
    public AttemptsEvents(TaskLinks links, Content content) {
        this.links = links;
        this.content = content;
    }

    /** Builds the event; a turn has at most one, so its id is made of the turn's. */
    public Event of(EndedAttempts ended) {
        ObjectNode metadata = data(ended, false);
        Instant endedAt = ended.endedAt();
        return new Event(
                EventTopic.TURNS,
                ended.taskId(),
                "turn.attempts-completed",
                ended.turnId() + ":attempts-completed",
                ended.account().account(),
                ended.taskId(),
                endedAt != null ? endedAt : ended.observedAt(),
                content == Content.METADATA ? metadata : data(ended, true),
                metadata);
    }

    private ObjectNode data(EndedAttempts ended, boolean texts) {
        List<EndedAttempts.Attempt> attempts = ended.attempts();
        About about = ended.request().about();
        EventData data = EventData.empty()
                .text("task_id", ended.taskId())
                .text("turn_id", ended.turnId())
                .text("title", about.title(), Limits.TITLE_BYTES)
                .url("url", links.of(ended.taskId()))
                .text("environment", about.environment(), Limits.NAME_BYTES)
                .text("repository", about.repository(), Limits.NAME_BYTES)
                .text("branch", about.branch(), Limits.NAME_BYTES)
                .time("ended_at", ended.endedAt())
                .time("observed_at", ended.observedAt())
                .number("attempt_count", attempts.size())
                .text("details", ended.first() != null ? "complete" : ended.withMessages() ? "unavailable" : "none")
                .bool("backfill", ended.request().backfill())
                .account(ended.account());
        ArrayNode array = data.node().putArray("attempts");
        for (int number = 0; number < attempts.size(); number++) {
            if (number == Limits.ATTEMPTS) {
                data.truncated("attempts");
                break;
            }
            attempt(new EventData(array.addObject()), number, attempts.get(number), texts);
        }
        return data.node();
    }

    private static void attempt(EventData data, int number, EndedAttempts.Attempt attempt, boolean texts) {
        Turn content = attempt.content();
        data.number("attempt", number)
                .text("turn_id", attempt.turnId())
                .text("status", attempt.status().label())
                .time("created_at", attempt.createdAt())
                .time("ended_at", attempt.endedAt())
                .duration("duration_seconds", attempt.createdAt(), attempt.endedAt())
                .diffStats(attempt.diffStats())
                .error(content == null ? null : content.error(), texts);
        if (texts && content != null) {
            data.text("summary", content.text(), Limits.SUMMARY_BYTES);
        }
    }
}
