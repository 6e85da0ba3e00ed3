package dev.turnpike.sandbox.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sandbox.http.SandboxJson;
import dev.turnpike.sandbox.world.Bait;
import dev.turnpike.sandbox.world.SandboxTask;
import dev.turnpike.sandbox.world.SandboxTurn;
import dev.turnpike.sandbox.world.TurnState;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.UUID;

/** Turns as the service shows them, including what must never be published. */
final class TurnJson {
    private TurnJson() {}

    static ObjectNode user(SandboxTask.Round round) {
        ObjectNode turn = SandboxJson.object()
                .put("type", "user")
                .put("id", round.userTurnId)
                .put("role", "user");
        ObjectNode message = turn.putArray("input_items").addObject();
        message.put("type", "message").put("role", "user");
        message.putArray("content").addObject().put("content_type", "text").put("text", round.prompt);
        turn.putNull("external_post_config").putNull("user_model_slug");
        turn.put("previous_turn_id", round.continues);
        turn.set("created_at", SandboxJson.time(round.createdAt));
        return turn;
    }

    /** An attempt, as in details, siblings and the reply to a created task. */
    static ObjectNode assistant(SandboxTurn turn) {
        SandboxTask.Round round = turn.round;
        boolean ended = turn.state.ended();
        ObjectNode json =
                SandboxJson.object().put("type", "assistant").put("id", turn.id).put("role", "assistant");
        if (round.attempts.size() == 1) {
            json.putNull("attempt_placement").putNull("sibling_turn_ids");
        } else {
            json.put("attempt_placement", turn.placement).set("sibling_turn_ids", siblings(turn));
        }
        json.set("output_items", outputItems(turn));
        json.putArray("child_turns");
        json.put("conversation_id", "None");
        if (turn.work.errorCode() == null && turn.work.errorMessage() == null) {
            json.putNull("error");
        } else {
            json.putObject("error").put("code", turn.work.errorCode()).put("message", turn.work.errorMessage());
        }
        if (turn.lastEventAt == null) {
            json.putNull("latest_event");
        } else {
            ObjectNode event = json.putObject("latest_event");
            event.set("created", SandboxJson.time(turn.lastEventAt));
            event.put("text", ended ? "Completing the task" : "Working on your task")
                    .put("event_type", "info");
        }
        json.set("worklog", worklog(turn));
        json.putObject("app_server_events").putArray("events");
        ArrayNode threadEvents = json.putObject("thread_events").putArray("events");
        if (ended) {
            threadEvents.addObject().put("method", "item/completed").put("text", Bait.mark("THREAD"));
        }
        json.put("turn_status", turn.state.word());
        json.set("cancellation_requested_at", SandboxJson.time(turn.cancellationRequestedAt));
        boolean pulled = round.task.pullRequests.stream().anyMatch(pull -> pull.turnId.equals(turn.id));
        json.put("pull_request_status", pulled ? "created" : "not_created").putNull("pull_request_data");
        json.set("created_at", SandboxJson.time(turn.createdAt));
        json.put("environment_id", round.task.environment.id());
        json.set("environment", EnvironmentJson.of(round.task.environment, round.task.account.tasks.size()));
        json.put("branch", round.task.branch).putNull("base_commit_sha").putNull("branch_name");
        json.put("previous_turn_id", round.userTurnId);
        if (ended) {
            json.put("logs", "$ ./setup.sh\n" + Bait.mark("LOGS") + "\n");
            json.putObject("proxy_events").putArray("events").add(Bait.mark("PROXY"));
        } else {
            json.putNull("logs").putNull("proxy_events");
        }
        return json.put("discarded", false).putNull("model_version");
    }

    /** Every turn of a task by id, with its parent and its children. */
    static ObjectNode mapping(SandboxTask task) {
        ObjectNode body =
                SandboxJson.object().put("current_turn_id", task.latest().first().id);
        ObjectNode mapping = body.putObject("turn_mapping");
        for (SandboxTask.Round round : task.rounds) {
            ArrayNode attempts = entry(mapping, round.userTurnId, user(round), round.continues);
            for (SandboxTurn turn : round.attempts) {
                attempts.add(turn.id);
                ObjectNode json = assistant(turn);
                json.put("attempt_placement", turn.placement).set("sibling_turn_ids", siblings(turn));
                ArrayNode followUps = entry(mapping, turn.id, json, round.userTurnId);
                task.rounds.stream()
                        .filter(later -> turn.id.equals(later.continues))
                        .forEach(later -> followUps.add(later.userTurnId));
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

    private static ArrayNode siblings(SandboxTurn turn) {
        ArrayNode siblings = SandboxJson.array();
        turn.round.attempts.stream().filter(other -> other != turn).forEach(other -> siblings.add(other.id));
        return siblings;
    }

    private static ObjectNode worklog(SandboxTurn turn) {
        ObjectNode worklog = SandboxJson.object();
        ArrayNode messages = worklog.putArray("messages");
        if (turn.state != TurnState.PENDING) {
            ObjectNode message = messages.addObject();
            message.putObject("author").put("role", "tool");
            ObjectNode content = message.putObject("content").put("content_type", "text");
            content.putArray("parts").add("$ env\nTOKEN=" + Bait.mark("WORKLOG"));
        }
        return worklog;
    }

    /** A message with citations, snapshots of the cited files, the change. */
    private static ArrayNode outputItems(SandboxTurn turn) {
        ArrayNode items = SandboxJson.array();
        String path = firstPath(turn.work.diff());
        if (turn.work.text() != null) {
            ObjectNode message = items.addObject().put("type", "message").put("role", "assistant");
            ArrayNode content = message.putArray("content");
            content.addObject().put("content_type", "text").put("text", turn.work.text());
            if (path != null) {
                content.addObject()
                        .put("content_type", "repo_file_citation")
                        .put("path", path)
                        .put("line_range_start", 1)
                        .put("line_range_end", 2);
                items.add(snapshot(path));
            }
        }
        if (turn.work.diff() != null) {
            items.add(change(turn));
        }
        return items;
    }

    private static ObjectNode snapshot(String path) {
        ObjectNode snapshot = SandboxJson.object().put("type", "partial_repo_snapshot");
        ObjectNode file = snapshot.putArray("files").addObject().put("path", path);
        file.putNull("contents").putNull("missing_reason");
        ObjectNode range = file.putArray("line_range_contents").addObject();
        range.put("line_range_start", 1).put("line_range_end", 2);
        range.putArray("content").add("line 1").add(Bait.mark("SNAPSHOT"));
        range.put("contains_end_of_file", true);
        return snapshot;
    }

    private static ObjectNode change(SandboxTurn turn) {
        SandboxTask task = turn.round.task;
        ObjectNode change = SandboxJson.object().put("type", "pr").put("pr_title", task.title);
        change.put("pr_message", "## Summary\n" + task.title).putNull("pre_apply_patch");
        ObjectNode output = change.putObject("output_diff").put("type", "output_diff");
        output.put("repo_id", "/workspace/" + task.environment.name());
        output.put("base_commit_sha", "1".repeat(40)).putNull("preapply_patch_base_commit_sha");
        output.put("diff", turn.work.diff());
        UUID file = UUID.nameUUIDFromBytes(turn.id.getBytes(StandardCharsets.UTF_8));
        output.putObject("external_storage_diff")
                .put("file_id", "file_" + file.toString().replace("-", ""))
                .putNull("ttl");
        output.put("files_modified", turn.size.files()).put("lines_added", turn.size.added());
        output.put("lines_removed", turn.size.removed()).put("commit_message", task.title);
        output.putArray("additional_parent_commit_shas");
        return change;
    }

    private static String firstPath(String diff) {
        if (diff != null) {
            for (Iterator<String> lines = diff.lines().iterator(); lines.hasNext(); ) {
                String line = lines.next();
                int at = line.indexOf(" b/");
                if (line.startsWith("diff --git ") && at > 0) {
                    return line.substring(at + 3);
                }
            }
        }
        return null;
    }
}
