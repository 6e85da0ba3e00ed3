package dev.turnpike.sandbox.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sandbox.http.SandboxJson;
import dev.turnpike.sandbox.world.SandboxEnvironment;
import dev.turnpike.sandbox.world.SandboxTask;
import dev.turnpike.sandbox.world.SandboxTurn;
import dev.turnpike.sandbox.world.TurnState;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns and their environments as the service shows them, including what must never be published. */
final class TurnJson {
    private static final Pattern FIRST_PATH = Pattern.compile("(?m)^diff --git .*? b/(.*)$");

    private TurnJson() {}

    static ObjectNode user(SandboxTask.UserTurn userTurn) {
        ObjectNode turn =
                SandboxJson.sample("user_turn").put("id", userTurn.id()).put("previous_turn_id", userTurn.continues());
        turn.withArray("/input_items/0/content").add(text(userTurn.prompt()));
        return turn.set("created_at", SandboxJson.time(userTurn.createdAt()));
    }

    /** An attempt, as in details, siblings and the reply to a created task. */
    static ObjectNode assistant(SandboxTurn turn) {
        SandboxTask.UserTurn userTurn = turn.userTurn;
        SandboxTask task = userTurn.task();
        ObjectNode json = SandboxJson.sample("assistant_turn");
        if (turn.state != TurnState.PENDING) {
            json.setAll(SandboxJson.sample("work_began"));
        }
        if (turn.state.ended()) {
            json.setAll(SandboxJson.sample("work_ended"));
        }
        json.put("id", turn.id).put("turn_status", turn.state.label()).put("previous_turn_id", userTurn.id());
        if (userTurn.attempts().size() > 1) {
            json.put("attempt_placement", turn.placement).set("sibling_turn_ids", siblings(turn));
        }
        json.set("output_items", outputItems(turn));
        if (turn.work.errorCode() != null || turn.work.errorMessage() != null) {
            json.putObject("error").put("code", turn.work.errorCode()).put("message", turn.work.errorMessage());
        }
        if (turn.lastEventAt != null) {
            json.putObject("latest_event")
                    .put("text", turn.state.ended() ? "Completing the task" : "Working on your task")
                    .put("event_type", "info")
                    .set("created", SandboxJson.time(turn.lastEventAt));
        }
        json.set("cancellation_requested_at", SandboxJson.time(turn.cancellationRequestedAt));
        if (task.pullRequests.stream().anyMatch(pull -> pull.turnId().equals(turn.id))) {
            json.put("pull_request_status", "created");
        }
        json.set("created_at", SandboxJson.time(turn.createdAt));
        json.put("environment_id", task.environment.id()).put("branch", task.branch);
        return json.set("environment", environment(task.environment, task.account.tasks.size()));
    }

    /** Every turn of a task by id, with its parent and its children. */
    static ObjectNode mapping(SandboxTask task) {
        ObjectNode body =
                SandboxJson.object().put("current_turn_id", task.latest().first().id);
        ObjectNode mapping = body.putObject("turn_mapping");
        for (SandboxTask.UserTurn userTurn : task.userTurns) {
            ArrayNode attempts = entry(mapping, userTurn.id(), user(userTurn), userTurn.continues());
            for (SandboxTurn turn : userTurn.attempts()) {
                attempts.add(turn.id);
                ObjectNode json = assistant(turn);
                json.put("attempt_placement", turn.placement).set("sibling_turn_ids", siblings(turn));
                ArrayNode followUps = entry(mapping, turn.id, json, userTurn.id());
                task.userTurns.stream()
                        .filter(later -> turn.id.equals(later.continues()))
                        .forEach(later -> followUps.add(later.id()));
            }
        }
        return body;
    }

    /** Adds an entry and gives its children, to be filled. */
    private static ArrayNode entry(ObjectNode mapping, String id, ObjectNode turn, String parent) {
        ObjectNode entry = mapping.putObject(id).put("id", id);
        entry.set("turn", turn);
        return entry.put("parent", parent).putArray("children");
    }

    static ArrayNode siblings(SandboxTurn turn) {
        ArrayNode siblings = SandboxJson.array();
        turn.userTurn.attempts().stream().filter(other -> other != turn).forEach(other -> siblings.add(other.id));
        return siblings;
    }

    /** A message with citations, snapshots of the cited files, the change. */
    private static ArrayNode outputItems(SandboxTurn turn) {
        ArrayNode items = SandboxJson.array();
        String diff = turn.work.diff();
        if (turn.work.text() != null) {
            ObjectNode message = items.addObject().put("type", "message").put("role", "assistant");
            ArrayNode content = message.putArray("content").add(text(turn.work.text()));
            Matcher path = FIRST_PATH.matcher(diff == null ? "" : diff);
            if (path.find()) {
                content.add(SandboxJson.sample("citation").put("path", path.group(1)));
                items.addObject()
                        .put("type", "partial_repo_snapshot")
                        .putArray("files")
                        .add(SandboxJson.sample("snapshot_file").put("path", path.group(1)));
            }
        }
        if (diff != null) {
            items.add(change(turn));
        }
        return items;
    }

    private static ObjectNode text(String text) {
        return SandboxJson.object().put("content_type", "text").put("text", text);
    }

    private static ObjectNode change(SandboxTurn turn) {
        SandboxTask task = turn.userTurn.task();
        ObjectNode change =
                SandboxJson.sample("change").put("pr_title", task.title).put("pr_message", "## Summary\n" + task.title);
        ObjectNode output = change.withObject("/output_diff")
                .put("repo_id", "/workspace/" + task.environment.name())
                .put("diff", turn.work.diff())
                .put("commit_message", task.title);
        turn.size.describe(output);
        UUID file = UUID.nameUUIDFromBytes(turn.id.getBytes(StandardCharsets.UTF_8));
        output.withObject("/external_storage_diff")
                .put("file_id", "file_" + file.toString().replace("-", ""));
        return change;
    }

    /** An environment, with its secrets. */
    static ObjectNode environment(SandboxEnvironment environment, long tasks) {
        String github = "github-" + environment.repositoryId();
        ObjectNode repository = SandboxJson.sample("repository")
                .put("id", Integer.toString(environment.repositoryId()))
                .put("name", environment.name())
                .put("repository_full_name", environment.repository())
                .put("clone_url", "https://github.com/" + environment.repository() + ".git");
        repository.withObject("/owner").put("login", environment.owner());
        ObjectNode json = SandboxJson.sample("environment")
                .put("id", environment.id())
                .put("label", environment.label())
                .put("description", "Where " + environment.repository() + " is worked on")
                .put("is_pinned", environment.pinned())
                .put("task_count", tasks);
        json.putArray("repos").add(github);
        json.putObject("repo_map").set(github, repository);
        return json;
    }
}
