package dev.turnpike.sandbox.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sandbox.http.SandboxJson;
import dev.turnpike.sandbox.world.SandboxTask;
import dev.turnpike.sandbox.world.SandboxTurn;

/** Tasks as the service shows them, in the list and at the head of the details. */
final class TaskJson {
    private TaskJson() {}

    static ObjectNode item(SandboxTask task) {
        ObjectNode item = filled(SandboxJson.sample("task_in_list"), task, "pull_requests");
        return item.set("updated_at", SandboxJson.time(task.updatedAt));
    }

    /** The head of the details, which has no time of the last change. */
    static ObjectNode head(SandboxTask task) {
        ObjectNode head = filled(SandboxJson.sample("task"), task, "external_pull_requests");
        head.withObject("/denormalized_metadata").put("num_follow_ups", task.userTurns.size() - 1);
        return head.put("current_turn_id", task.latest().first().id);
    }

    private static ObjectNode filled(ObjectNode json, SandboxTask task, String pullRequests) {
        json.put("id", task.id).put("title", task.title).put("has_generated_title", task.titled());
        json.put("archived", task.archived).put("has_unread_turn", task.unread);
        json.set("created_at", SandboxJson.time(task.createdAt));
        json.set("task_status_display", display(task));
        ArrayNode all = json.putArray(pullRequests);
        task.pullRequests.forEach(pull -> all.add(pullRequest(task, pull)));
        return json;
    }

    private static ObjectNode display(SandboxTask task) {
        SandboxTask.UserTurn userTurn = task.latest();
        SandboxTurn turn = userTurn.first();
        ObjectNode display = SandboxJson.sample("task_status_display")
                .put("environment_label", task.environment.label())
                .put("branch_name", task.branch)
                .put("initial_intent", task.userTurns.get(0).intent());
        ObjectNode latest = display.withObject("/latest_turn_status_display")
                .put("turn_id", turn.id)
                .put("turn_status", turn.state.label())
                .put("intent", userTurn.intent());
        if (turn.size != null) {
            turn.size.describe(latest.putObject("diff_stats"));
        }
        latest.set("sibling_turn_ids", TurnJson.siblings(turn));
        latest.set("cancellation_requested_at", SandboxJson.time(turn.cancellationRequestedAt));
        return display;
    }

    private static ObjectNode pullRequest(SandboxTask task, SandboxTask.PullRequest pull) {
        ObjectNode json = SandboxJson.sample("pull_request")
                .put("number", pull.number())
                .put("url", "https://github.com/" + task.environment.repository() + "/pull/" + pull.number())
                .put("state", pull.merged() ? "closed" : "open")
                .put("merged", pull.merged())
                .put("mergeable", !pull.merged())
                .put("title", pull.title())
                .put("base", task.branch)
                .put("head", pull.head());
        ObjectNode external = SandboxJson.object()
                .put("id", "github-" + task.environment.repositoryId() + "-" + pull.number())
                .put("assistant_turn_id", pull.turnId());
        external.set("codex_updated_sha", json.get("head_sha"));
        return external.set("pull_request", json);
    }
}
