package dev.turnpike.board;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The latest state of a task, as far as the board shows it. */
public record TaskRow(
        @JsonAlias("task_id") String id,
        @JsonAlias("latest_turn_id") String turnId,
        String title,
        String url,
        String status,
        String environment,
        String repository,
        String branch,
        String account,
        Instant createdAt,
        Instant updatedAt,
        int attempts,
        List<OpenPullRequest> openPullRequests) {
    private static final Duration FAILURE_SHOWN = Duration.ofDays(7);
    private static final Duration PULL_REQUEST_SHOWN = Duration.ofDays(14);

    /** A pull request that was not merged yet. */
    public record OpenPullRequest(int number, String url) {}

    /** @param repository of the task's environment, null where no turn has shown it yet */
    static TaskRow of(BoardRecord snapshot, String repository) throws JsonProcessingException {
        ObjectNode row = snapshot.row().put("repository", repository);
        ArrayNode open = row.putArray("open_pull_requests");
        for (JsonNode pr : row.path("pull_requests")) {
            if (!pr.path("merged").asBoolean() && !pr.path("state").asText().equals("closed")) {
                open.add(pr);
            }
        }
        return Board.JSON.treeToValue(row, TaskRow.class);
    }

    boolean isRunning() {
        return status.equals("pending") || status.equals("in_progress");
    }

    boolean isFailed(Instant now) {
        return status.equals("failed") && hasChangedSince(now.minus(FAILURE_SHOWN));
    }

    /** Whether it runs, or waits for a person and has not done so for too long. */
    boolean isShown(Instant now) {
        return isRunning()
                || isFailed(now)
                || (!openPullRequests.isEmpty() && hasChangedSince(now.minus(PULL_REQUEST_SHOWN)));
    }

    private boolean hasChangedSince(Instant moment) {
        Instant changed = updatedAt == null ? createdAt : updatedAt;
        return changed == null || changed.isAfter(moment);
    }
}
