package dev.turnpike.board;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;

/** The latest state of a task, as far as the board shows it. */
public record TaskRow(
        String id,
        String turnId,
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
    static TaskRow of(BoardRecord snapshot, String repository) {
        return new TaskRow(
                snapshot.text("task_id"),
                snapshot.text("latest_turn_id"),
                snapshot.text("title"),
                snapshot.text("url"),
                snapshot.text("status"),
                snapshot.text("environment"),
                repository,
                snapshot.text("branch"),
                snapshot.account(),
                snapshot.instant("created_at"),
                snapshot.instant("updated_at"),
                snapshot.data().path("attempt_count").asInt(1),
                openPullRequests(snapshot.data().path("pull_requests")));
    }

    private static List<OpenPullRequest> openPullRequests(JsonNode pullRequests) {
        return StreamSupport.stream(pullRequests.spliterator(), false)
                .filter(pr -> !pr.path("merged").asBoolean()
                        && !pr.path("state").asText().equals("closed"))
                .map(pr -> new OpenPullRequest(
                        pr.path("number").asInt(), pr.path("url").asText(null)))
                .toList();
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
