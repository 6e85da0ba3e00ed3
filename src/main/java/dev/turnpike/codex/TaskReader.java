package dev.turnpike.codex;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.Task.PullRequest;
import java.util.ArrayList;
import java.util.List;

/** Reads a task of the list. */
public record TaskReader(DriftObserver drift) {
    /** Reports the unknown fields of a page. */
    public void observe(JsonNode page) {
        drift.fields("page", page);
    }

    /**
     * The task in one item of a {@link Page}.
     *
     * @throws MalformedItemException when the item is no object, or has no usable id
     */
    public Task read(JsonNode item) {
        Fields task = new Fields(item);
        if (!task.isPresent()) {
            throw new MalformedItemException("The item is " + Fields.kind(item) + ", a task object is expected");
        }
        String id = task.id("id");
        if (id == null) {
            throw new MalformedItemException("The task " + task.idProblem("id"));
        }
        drift.fields("task", item);
        return task(id, task, task.child("task_status_display"), "pull_requests");
    }

    /** The head of a task's details; the display may be next to it there. */
    Task head(String id, Fields task, Fields display) {
        drift.fields("task", task.object());
        return task(id, task, display, "external_pull_requests");
    }

    private Task task(String id, Fields task, Fields display, String pullRequestField) {
        drift.fields("task_status_display", display.object());
        Fields latest = display.child("latest_turn_status_display");
        String intent = latest.text("intent");
        return new Task(
                id,
                task.text("title"),
                task.instant("created_at"),
                task.instant("updated_at"),
                display.text("environment_label"),
                display.text("branch_name"),
                intent != null ? intent : display.text("initial_intent"),
                Boolean.TRUE.equals(task.bool("archived")),
                latestTurn(display, latest),
                pullRequests(task.objects(pullRequestField)),
                null);
    }

    private Task.LatestTurn latestTurn(Fields display, Fields latest) {
        drift.fields("latest_turn_status_display", latest.object());
        String word = latest.text("turn_status");
        if (word == null) {
            // a coarser status that cannot distinguish failed from cancelled: reported as drift, and open unless it is
            // "pending"
            word = display.text("state");
        }
        drift.status(word);
        int siblings = 0;
        for (JsonNode sibling : latest.list("sibling_turn_ids")) {
            siblings += sibling.isNull() ? 0 : 1;
        }
        return new Task.LatestTurn(
                latest.id("turn_id"),
                TurnStatus.of(word),
                word,
                TurnDiff.stats(latest.child("diff_stats")),
                siblings + 1);
    }

    /** An entry without a number is left out, the others stay. */
    private List<PullRequest> pullRequests(List<Fields> entries) {
        List<PullRequest> pullRequests = new ArrayList<>();
        for (Fields entry : entries) {
            Fields fields = entry.child("pull_request");
            JsonNode number = fields.object().get("number");
            if (number == null || !number.isIntegralNumber() || !number.canConvertToLong()) {
                drift.missing("pull_request.number");
                continue;
            }
            pullRequests.add(new PullRequest(
                    number.longValue(),
                    fields.text("url"),
                    fields.text("state"),
                    fields.bool("merged"),
                    fields.text("title"),
                    fields.text("head"),
                    fields.text("base")));
        }
        return pullRequests;
    }
}
