package dev.turnpike.board;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;

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

    static TurnRow of(BoardRecord turn) throws JsonProcessingException {
        Instant endedAt = turn.instant("ended_at");
        Instant observedAt = turn.instant("observed_at");
        ObjectNode row = turn.row()
                .put("reference", turn.reference())
                .put("summary", BoardRecord.excerpt(turn.text("summary"), LONGEST_TEXT))
                .put(
                        "error",
                        BoardRecord.excerpt(turn.data().at("/error/message").asText(null), LONGEST_TEXT));
        if (endedAt == null) {
            row.set("ended_at", row.get("observed_at"));
        } else if (observedAt != null && !row.path("backfill").asBoolean()) {
            row.put("lag_seconds", Math.max(0, observedAt.toEpochMilli() - endedAt.toEpochMilli()) / 1000.0);
        }
        for (JsonNode pr : row.withArray("pull_requests")) {
            String state = pr.path("state").asText("open");
            ((ObjectNode) pr).put("state", pr.path("merged").asBoolean() ? "merged" : state);
        }
        return Board.JSON.treeToValue(row, TurnRow.class);
    }
}
