package dev.turnpike.board;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tasks that run or wait for a person. Other snapshots are dropped at once, to keep this small. */
final class Tasks {
    private static final int MOST_ENVIRONMENTS = 2_000;
    private static final int LONGEST_ERROR = 300;

    private final Map<String, TaskRow> rows = new HashMap<>();
    private final Map<String, String> errors = new HashMap<>();
    private final Map<String, String> repositories = new LinkedHashMap<>();

    void snapshot(BoardRecord snapshot, Instant now) throws JsonProcessingException {
        TaskRow row = TaskRow.of(snapshot, repositories.get(snapshot.text("environment")));
        if (row.isShown(now) && !snapshot.data().path("archived").asBoolean()) {
            rows.put(row.id(), row);
        } else {
            forget(row.id());
        }
    }

    void forget(String taskId) {
        rows.remove(taskId);
        errors.remove(taskId);
    }

    /** Adds what only a turn's event has: the environment's repository, and why the turn failed. */
    void turn(BoardRecord turn) {
        if (turn.text("environment") != null && turn.text("repository") != null) {
            BoardState.add(repositories, turn.text("environment"), turn.text("repository"), MOST_ENVIRONMENTS);
        }
        String taskId = turn.text("task_id");
        if (turn.kind().equals("turn.failed")) {
            String message = turn.data().path("error").path("message").asText("");
            errors.put(taskId, BoardRecord.excerpt(message, LONGEST_ERROR));
        } else {
            errors.remove(taskId);
        }
    }

    /** The tasks that run, the oldest first. */
    List<TaskRow> running() {
        return rows.values().stream()
                .filter(TaskRow::isRunning)
                .sorted(Comparator.comparing(TaskRow::createdAt, Comparator.nullsLast(Comparator.naturalOrder())))
                .toList();
    }

    boolean isRunning(String taskId) {
        TaskRow row = rows.get(taskId);
        return row != null && row.isRunning();
    }

    /** Failed tasks and open pull requests. */
    List<BoardSnapshot.AttentionItem> attention(Instant now) {
        rows.values().removeIf(row -> !row.isShown(now));
        errors.keySet().removeIf(taskId -> !rows.containsKey(taskId));
        List<BoardSnapshot.AttentionItem> items = new ArrayList<>();
        for (TaskRow row : rows.values()) {
            if (row.isFailed(now)) {
                String error = errors.getOrDefault(row.id(), "");
                items.add(item(
                        row,
                        "failed:" + row.id() + ":" + row.turnId(),
                        "error",
                        "Failed" + (error.isEmpty() ? "; upstream gave no reason." : ": " + error),
                        "Open the task, then follow up or start it again.",
                        row.url()));
            }
            for (TaskRow.OpenPullRequest pr :
                    row.isRunning() ? List.<TaskRow.OpenPullRequest>of() : row.openPullRequests()) {
                items.add(item(
                        row,
                        "pull-request:" + row.id() + ":" + pr.number(),
                        "warning",
                        "Pull request #" + pr.number() + " is not merged.",
                        "Review it, then merge or close it.",
                        pr.url() == null ? row.url() : pr.url()));
            }
        }
        return items;
    }

    private static BoardSnapshot.AttentionItem item(
            TaskRow row, String key, String level, String why, String action, String url) {
        return new BoardSnapshot.AttentionItem(
                key,
                level,
                row.title(),
                why,
                row.updatedAt(),
                action,
                url,
                row.id(),
                row.account(),
                row.environment(),
                row.repository());
    }
}
