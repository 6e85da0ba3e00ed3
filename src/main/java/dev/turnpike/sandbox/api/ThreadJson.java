package dev.turnpike.sandbox.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sandbox.http.SandboxJson;
import dev.turnpike.sandbox.world.SandboxTask;
import dev.turnpike.sandbox.world.SandboxTurn;
import dev.turnpike.sandbox.world.TurnState;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Threads, turns and items as the CLI's own schema has them; a task is shown as a thread, a user turn with its first attempt as a turn. */
record ThreadJson(Set<ThreadVariant> variants) {
    ObjectNode thread(SandboxTask task, boolean listed) {
        String folder = "/workspace/" + task.environment.name();
        ObjectNode thread = SandboxJson.sample("thread")
                .put("id", task.id)
                .put("sessionId", task.id)
                .put("name", task.titled() ? task.title : null)
                .put("preview", task.userTurns.get(0).prompt())
                .put("createdAt", task.createdAt.getEpochSecond())
                .put("updatedAt", task.updatedAt.getEpochSecond())
                .put("recencyAt", task.updatedAt.getEpochSecond())
                .put("cwd", folder);
        thread.set("status", status(task, listed));
        thread.withObject("/gitInfo")
                .put("branch", task.branch)
                .put("originUrl", "https://github.com/" + task.environment.repository() + ".git");
        ((ObjectNode) thread.at("/environments/0"))
                .put("environmentId", task.environment.id())
                .put("environmentConfigId", task.environment.id() + "~config")
                .put("cwd", folder);
        if (variants.contains(ThreadVariant.NULL_FIELDS)) {
            List.of("name", "gitInfo", "environments", "recencyAt", "cwd", "source", "threadSource", "turns")
                    .forEach(thread::putNull);
        }
        if (variants.contains(ThreadVariant.NULL_UPDATED)) {
            thread.putNull("updatedAt").putNull("recencyAt");
        }
        return thread;
    }

    private ObjectNode status(SandboxTask task, boolean listed) {
        ObjectNode status = SandboxJson.object();
        if (listed && variants.contains(ThreadVariant.NOT_LOADED)) {
            return status.put("type", "notLoaded");
        }
        boolean runs = task.userTurns.stream()
                .anyMatch(userTurn -> !userTurn.first().state.ended());
        status.put("type", runs ? "active" : "idle");
        if (runs) {
            ArrayNode flags = status.putArray("activeFlags");
            if (task.waitsFor != null && !(listed && variants.contains(ThreadVariant.NO_FLAGS_IN_LIST))) {
                flags.add(task.waitsFor);
            }
        }
        return status;
    }

    ObjectNode turn(SandboxTask.UserTurn userTurn, boolean whole) {
        SandboxTurn turn = userTurn.first();
        ObjectNode json = SandboxJson.object().put("id", turn.id).put("itemsView", whole ? "full" : "notLoaded");
        json.put("status", status(turn.state)).putNull("error");
        if (turn.work.errorMessage() != null) {
            json.putObject("error")
                    .put("message", turn.work.errorMessage())
                    .putNull("codexErrorInfo")
                    .putNull("additionalDetails");
        }
        json.put("startedAt", turn.createdAt.getEpochSecond());
        json.putNull("completedAt").putNull("durationMs");
        if (turn.state.ended() && !variants.contains(ThreadVariant.NULL_FIELDS)) {
            json.put("completedAt", turn.lastEventAt.getEpochSecond())
                    .put("durationMs", turn.lastEventAt.toEpochMilli() - turn.createdAt.toEpochMilli());
        }
        ArrayNode items = json.putArray("items");
        if (whole) {
            items(userTurn).forEach(item -> items.add(item.get("item")));
        }
        return json;
    }

    private static String status(TurnState state) {
        return switch (state) {
            case PENDING, IN_PROGRESS -> "inProgress";
            case COMPLETED -> "completed";
            case FAILED -> "failed";
            case CANCELLED -> "interrupted";
        };
    }

    /** In order of time, each with its turn's id and times. */
    List<ObjectNode> items(SandboxTask.UserTurn userTurn) {
        SandboxTurn turn = userTurn.first();
        ObjectNode user = SandboxJson.object().put("type", "userMessage").put("id", turn.id + "-u");
        user.putArray("content").addObject().put("type", "text").put("text", userTurn.prompt());
        ObjectNode command =
                SandboxJson.object().put("type", "commandExecution").put("aggregatedOutput", "SECRET_OUTPUT_9f31");
        ObjectNode edits = SandboxJson.object().put("type", "fileChange").put("status", "completed");
        ArrayNode changes = edits.putArray("changes");
        if (turn.work.diff() != null) {
            ObjectNode change = changes.addObject()
                    .put("path", "/workspace/" + userTurn.task().environment.name() + "/A.md");
            change.putObject("kind").put("type", "update").putNull("move_path");
            change.put("diff", turn.work.diff());
        }
        ObjectNode answer = SandboxJson.object()
                .put("type", "agentMessage")
                .put("phase", "final_answer")
                .put("text", turn.work.text() == null ? "Stopped." : turn.work.text());
        Instant at = turn.lastEventAt == null ? turn.createdAt : turn.lastEventAt;
        return List.of(user, command, edits, answer).stream()
                .map(item -> {
                    ObjectNode entry = SandboxJson.object().put("turnId", turn.id);
                    entry.set("item", item);
                    return entry.put("startedAtMs", at.toEpochMilli()).put("completedAtMs", at.toEpochMilli());
                })
                .toList();
    }
}
