package dev.turnpike.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** The control requests below {@code /sandbox/tasks}: a test or a person plays fate. */
final class TaskControl {
    private static final String WORDS = "turnpike sandbox padding ";

    private final SandboxBackend backend;

    TaskControl(SandboxBackend backend) {
        this.backend = backend;
    }

    /** Creates a task, and ends it at once where a status is given. */
    JsonNode create(ControlRequest asked) {
        TaskRequest plain = TaskRequest.plain();
        String title = padded(asked.text("title"), asked.number("title_bytes", 0));
        TaskRequest request = plain.withAccount(asked.text("account", plain.account()))
                .withEnvironment(asked.text("environment_id", plain.environmentId()))
                .withBranch(asked.text("branch", plain.branch()))
                .withPrompt(padded(asked.text("prompt"), asked.number("prompt_bytes", 0)))
                .withTitle(title)
                .withAttempts((int) asked.number("attempts", 1));
        boolean question = asked.flag("qa");
        boolean runs = asked.flag("run");
        return backend.world().atomically(() -> {
            asked.node("status");
            World.Created created = backend.world().create(question ? request.asQuestion() : request);
            if (runs) {
                backend.run(created.turnId());
            }
            return finish(created, asked);
        });
    }

    /** Ends the latest attempt 0, or the turn that is named. */
    JsonNode end(String taskId, ControlRequest asked) {
        World world = backend.world();
        return world.atomically(() -> {
            String turnId = asked.text("turn_id", world.latestTurn(taskId));
            boolean followUp = asked.flag("follow_up");
            String prompt = asked.text("prompt");
            endTurn(turnId, asked);
            return followUp
                    ? json(world.followUp(turnId, prompt))
                    : Json.object().put("turn_id", turnId);
        });
    }

    JsonNode followUp(String taskId, ControlRequest asked) {
        World world = backend.world();
        return world.atomically(() -> {
            String from = asked.text("turn_id", world.latestTurn(taskId));
            boolean runs = asked.flag("run");
            String prompt = asked.text("prompt");
            asked.node("status");
            World.Created created = world.followUp(from, prompt);
            if (runs) {
                backend.run(created.turnId());
            }
            return finish(created, asked);
        });
    }

    /** Everything else that is done to a task without more words. */
    JsonNode change(String taskId, String what, ControlRequest asked) {
        World world = backend.world();
        asked.complete();
        switch (what) {
            case "start" -> world.start(world.latestTurn(taskId));
            case "cancel" -> world.cancel(taskId);
            case "archive" -> world.archive(taskId, true);
            case "recover" -> world.archive(taskId, false);
            case "delete" -> world.delete(taskId);
            case "touch" -> world.touch(taskId);
            case "pull-request" -> world.openPullRequest(world.latestTurn(taskId));
            case "merge" -> world.mergePullRequest(taskId);
            default -> throw new UnknownThingException("control request", "tasks/…/" + what);
        }
        return Json.object().put("success", true);
    }

    private JsonNode finish(World.Created created, ControlRequest asked) {
        if (asked.text("status") != null) {
            endTurn(created.turnId(), asked);
        } else {
            asked.complete();
        }
        return json(created);
    }

    private void endTurn(String turnId, ControlRequest asked) {
        World world = backend.world();
        TurnState how = TurnState.of(asked.text("status", "completed"));
        Work work = world.defaultWork(turnId, how);
        String text = padded(asked.text("text", work.text()), asked.number("text_bytes", 0));
        long diffBytes = asked.number("diff_bytes", 0);
        String diff = diffBytes > 0 ? largeDiff(diffBytes) : asked.text("diff", work.diff());
        String code = asked.text("error_code", work.errorCode());
        String message = padded(asked.text("error_message", work.errorMessage()), asked.number("error_bytes", 0));
        boolean pullRequest = asked.flag("pull_request");
        asked.complete();
        world.end(turnId, how, new Work(text, diff, code, message));
        if (pullRequest) {
            world.openPullRequest(turnId);
        }
    }

    private static ObjectNode json(World.Created created) {
        ObjectNode json = Json.object().put("task_id", created.taskId()).put("user_turn_id", created.userTurnId());
        json.put("turn_id", created.turnId());
        ArrayNode siblings = json.putArray("sibling_turn_ids");
        List<String> ids = created.siblingTurnIds();
        ids.forEach(siblings::add);
        return json;
    }

    /** The text, made at least so many bytes long. */
    private static String padded(String text, long bytes) {
        if (bytes <= 0) {
            return text;
        }
        StringBuilder padded = new StringBuilder(text == null ? "" : text + " ");
        while (padded.length() < bytes) {
            padded.append(WORDS);
        }
        return padded.toString();
    }

    /** One new file, at least so many bytes long. */
    private static String largeDiff(long bytes) {
        StringBuilder diff = new StringBuilder();
        long lines = bytes / 60 + 1;
        diff.append("diff --git a/data/large.csv b/data/large.csv\nnew file mode 100644\n");
        diff.append("index 0000000..b1b7161\n--- /dev/null\n+++ b/data/large.csv\n@@ -0,0 +1,")
                .append(lines)
                .append(" @@\n");
        for (long line = 0; line < lines; line++) {
            diff.append(
                    String.format(Locale.ROOT, "+%010d,%s%n", line, "a row of a file that nobody should diff, really"));
        }
        return diff.toString();
    }
}
