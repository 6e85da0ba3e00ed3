package dev.turnpike.sandbox.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sandbox.http.SandboxJson;
import dev.turnpike.sandbox.world.Bait;
import dev.turnpike.sandbox.world.SandboxRound;
import dev.turnpike.sandbox.world.SandboxTask;
import dev.turnpike.sandbox.world.SandboxTurn;
import dev.turnpike.sandbox.world.TurnState;

/** Turns as the service shows them, with all that must not be passed on. */
final class TurnJson {
    private TurnJson() {}

    static ObjectNode user(SandboxRound round) {
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

    /** An attempt as details, siblings and the reply to a created task have it. */
    static ObjectNode assistant(SandboxTurn turn) {
        SandboxRound round = turn.round;
        boolean ended = turn.state.ended();
        ObjectNode json =
                SandboxJson.object().put("type", "assistant").put("id", turn.id).put("role", "assistant");
        if (round.attempts.size() == 1) {
            json.putNull("attempt_placement").putNull("sibling_turn_ids");
        } else {
            json.put("attempt_placement", turn.placement).set("sibling_turn_ids", siblings(turn));
        }
        json.set("output_items", OutputItems.of(turn));
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
        for (SandboxRound round : task.rounds) {
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
}
