package dev.turnpike.sandbox.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sandbox.http.SandboxJson;
import dev.turnpike.sandbox.world.Bait;
import dev.turnpike.sandbox.world.SandboxTask;
import dev.turnpike.sandbox.world.SandboxTurn;

/** Tasks as the service shows them, in the list and at the head of the details. */
final class TaskJson {
    private static final String BASE_SHA = "1".repeat(40);
    private static final String HEAD_SHA = "2".repeat(40);

    private TaskJson() {}

    static ObjectNode item(SandboxTask task) {
        ObjectNode item = SandboxJson.object().put("id", task.id).put("title", task.title);
        item.put("has_generated_title", task.titled());
        item.set("updated_at", SandboxJson.time(task.updatedAt));
        item.set("created_at", SandboxJson.time(task.createdAt));
        item.set("task_status_display", display(task));
        item.put("archived", task.archived).put("has_unread_turn", task.unread);
        item.set("pull_requests", pullRequests(task));
        return item;
    }

    /** The head of the details, which has no time of the last change. */
    static ObjectNode head(SandboxTask task) {
        ObjectNode head = SandboxJson.object().put("id", task.id);
        head.set("created_at", SandboxJson.time(task.createdAt));
        head.put("title", task.title).put("has_generated_title", task.titled());
        head.put("current_turn_id", task.latest().first().id).put("has_unread_turn", task.unread);
        head.putObject("denormalized_metadata").put("num_follow_ups", task.rounds.size() - 1);
        head.put("archived", task.archived);
        head.set("task_status_display", display(task));
        head.putNull("creator_workspace");
        head.set("external_pull_requests", pullRequests(task));
        return head;
    }

    private static ObjectNode display(SandboxTask task) {
        SandboxTask.Round round = task.latest();
        SandboxTurn turn = round.first();
        ObjectNode display = SandboxJson.object();
        ObjectNode latest = display.putObject("latest_turn_status_display");
        latest.put("turn_id", turn.id).put("turn_status", turn.state.word());
        if (turn.size == null) {
            latest.putNull("diff_stats");
        } else {
            latest.putObject("diff_stats")
                    .put("files_modified", turn.size.files())
                    .put("lines_added", turn.size.added())
                    .put("lines_removed", turn.size.removed());
        }
        ArrayNode siblings = latest.putArray("sibling_turn_ids");
        round.attempts.stream().skip(1).forEach(sibling -> siblings.add(sibling.id));
        latest.putNull("image_asset_pointer_citations").putNull("issue_counts");
        latest.put("intent", round.intent());
        latest.set("cancellation_requested_at", SandboxJson.time(turn.cancellationRequestedAt));
        display.put("environment_label", task.environment.label()).put("branch_name", task.branch);
        display.putNull("fix_task_id");
        display.put("initial_intent", task.rounds.get(0).intent());
        return display;
    }

    private static ArrayNode pullRequests(SandboxTask task) {
        ArrayNode all = SandboxJson.array();
        for (SandboxTask.PullRequest pull : task.pullRequests) {
            ObjectNode external = all.addObject();
            external.put("id", "github-" + task.environment.repositoryId() + "-" + pull.number);
            external.put("assistant_turn_id", pull.turnId).put("codex_updated_sha", HEAD_SHA);
            external.set("pull_request", pullRequest(task, pull));
        }
        return all;
    }

    private static ObjectNode pullRequest(SandboxTask task, SandboxTask.PullRequest pull) {
        String repository = task.environment.repository();
        ObjectNode json = SandboxJson.object().put("number", pull.number);
        json.put("url", "https://github.com/" + repository + "/pull/" + pull.number);
        json.put("state", pull.state).put("merged", pull.merged).put("mergeable", !pull.merged);
        json.put("draft", false).put("title", pull.title).put("body", "## Summary");
        json.put("base", task.branch).put("head", pull.head);
        json.put("base_sha", BASE_SHA).put("head_sha", HEAD_SHA);
        json.putNull("merge_commit_sha").putNull("comments").putNull("diff");
        json.putObject("user").put("login", "octo-dev").put("email", Bait.mark("EMAIL") + "@example.test");
        return json;
    }
}
