package dev.turnpike.board;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * A turn that ended, with the beginning of its texts; the whole record is read again when it is opened.
 *
 * @param reference where the record is, see {@link BoardRecord}
 * @param endedAt best known
 * @param lagSeconds from its end to its event, null where the end is unknown or the turn is from the history
 */
public record TurnRow(
        String reference,
        String taskId,
        String turnId,
        String status,
        String title,
        String url,
        String environment,
        String repository,
        String branch,
        String account,
        Instant endedAt,
        Double durationSeconds,
        Double lagSeconds,
        int attempts,
        JsonNode diffStats,
        String summary,
        String error,
        List<PullRequest> pullRequests,
        boolean backfill) {
    private static final int LONGEST_TEXT = 400;

    public record PullRequest(int number, String url, String state) {}

    static TurnRow of(BoardRecord turn) {
        JsonNode data = turn.data();
        Instant endedAt = turn.instant("ended_at");
        Instant observedAt = turn.instant("observed_at");
        boolean backfill = data.path("backfill").asBoolean();
        return new TurnRow(
                turn.reference(),
                turn.text("task_id"),
                turn.text("turn_id"),
                turn.text("status"),
                turn.text("title"),
                turn.text("url"),
                turn.text("environment"),
                turn.text("repository"),
                turn.text("branch"),
                turn.account(),
                endedAt == null ? observedAt : endedAt,
                data.has("duration_seconds") ? data.get("duration_seconds").asDouble() : null,
                endedAt == null || backfill || observedAt == null
                        ? null
                        : Math.max(0, observedAt.toEpochMilli() - endedAt.toEpochMilli()) / 1000.0,
                data.path("attempt_count").asInt(1),
                data.get("diff_stats"),
                BoardRecord.excerpt(turn.text("summary"), LONGEST_TEXT),
                BoardRecord.excerpt(data.path("error").path("message").asText(null), LONGEST_TEXT),
                StreamSupport.stream(data.path("pull_requests").spliterator(), false)
                        .map(TurnRow::pullRequest)
                        .toList(),
                backfill);
    }

    private static PullRequest pullRequest(JsonNode pr) {
        String state =
                pr.path("merged").asBoolean() ? "merged" : pr.path("state").asText("open");
        return new PullRequest(pr.path("number").asInt(), pr.path("url").asText(null), state);
    }
}
