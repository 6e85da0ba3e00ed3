package dev.turnpike.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.sandbox.http.SandboxJson;
import dev.turnpike.sandbox.world.Life;
import dev.turnpike.sandbox.world.SandboxTurn.Work;
import dev.turnpike.sandbox.world.TaskRequest;
import dev.turnpike.sandbox.world.TurnState;
import dev.turnpike.sandbox.world.World;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Control requests below {@code /sandbox/tasks}, by which a test or a person changes tasks. */
record TaskControl(World world, Life life) {
    /** Larger texts are rejected by every client, and would fill the memory of the sandbox. */
    private static final int LARGEST = 32 * 1024 * 1024;

    private static final String WORDS = "words that make it longer ";
    private static final String ROW = "+0123456789,a row of a file that nobody should diff\n";

    /** Creates a task, and ends it at once where a status is given. */
    JsonNode create(ControlRequest asked) {
        TaskRequest plain = TaskRequest.plain();
        TaskRequest task = new TaskRequest(
                asked.text("account", plain.account()),
                asked.text("environment_id", plain.environmentId()),
                asked.text("branch", plain.branch()),
                asked.text("prompt"),
                padded(asked.text("title"), bytes(asked, "title_bytes")),
                asked.number("attempts", 1, 1, 4),
                asked.flag("qa"));
        return begin(asked, () -> world.create(task));
    }

    /** Follows up on the latest attempt 0 or on the named turn, and ends the new turn at once where a status is given. */
    JsonNode followUp(String taskId, ControlRequest asked) {
        String named = asked.text("turn_id");
        String prompt = asked.text("prompt");
        return begin(asked, () -> world.followUp(named == null ? world.latestTurn(taskId) : named, prompt));
    }

    /** Ends the latest attempt 0, or the turn that is named. */
    JsonNode end(String taskId, ControlRequest asked) {
        Consumer<String> end = ending(TurnState.of(asked.text("status", "completed")), asked);
        String named = asked.text("turn_id");
        boolean followUp = asked.flag("follow_up");
        String prompt = asked.text("prompt");
        asked.complete();
        return world.atomically(() -> {
            String turnId = named == null ? world.latestTurn(taskId) : named;
            end.accept(turnId);
            return followUp
                    ? SandboxJson.tree(world.followUp(turnId, prompt))
                    : SandboxJson.object().put("turn_id", turnId);
        });
    }

    private JsonNode begin(ControlRequest asked, Supplier<World.Created> beginning) {
        boolean runs = asked.flag("run");
        String status = asked.text("status");
        Consumer<String> end = ending(status == null ? null : TurnState.of(status), asked);
        asked.complete();
        return world.atomically(() -> {
            World.Created created = beginning.get();
            if (runs) {
                life.run(created.turnId());
            }
            if (status != null) {
                end.accept(created.turnId());
            }
            return SandboxJson.tree(created);
        });
    }

    /** Ends the turn with this id; what the request does not say is taken from the task's story. */
    private Consumer<String> ending(TurnState how, ControlRequest asked) {
        if (how != null) {
            how.checkEnd();
        }
        String text = asked.text("text");
        int textBytes = bytes(asked, "text_bytes");
        String diff = asked.text("diff");
        int diffBytes = bytes(asked, "diff_bytes");
        String errorCode = asked.text("error_code");
        String errorMessage = asked.text("error_message");
        boolean pullRequest = asked.flag("pull_request");
        return turnId -> {
            Work story = world.defaultWork(turnId, how);
            world.end(
                    turnId,
                    how,
                    new Work(
                            padded(text == null ? story.text() : text, textBytes),
                            diffBytes > 0 ? largeDiff(diffBytes) : diff == null ? story.diff() : diff,
                            errorCode == null ? story.errorCode() : errorCode,
                            errorMessage == null ? story.errorMessage() : errorMessage));
            if (pullRequest) {
                world.openPullRequest(turnId);
            }
        };
    }

    /**
     * Runs an action on a task that has no parameters.
     *
     * @return empty for an unknown action
     */
    Optional<JsonNode> change(String what, String taskId, ControlRequest asked) {
        Runnable change = switch (what) {
            case "POST tasks/{task}/start" -> () -> world.start(world.latestTurn(taskId));
            case "POST tasks/{task}/cancel" -> () -> world.cancel(taskId);
            case "POST tasks/{task}/archive" -> () -> world.archive(taskId, true);
            case "POST tasks/{task}/recover" -> () -> world.archive(taskId, false);
            case "POST tasks/{task}/delete", "DELETE tasks/{task}" -> () -> world.delete(taskId);
            case "POST tasks/{task}/touch" -> () -> world.touch(taskId);
            case "POST tasks/{task}/pull-request" -> () -> world.openPullRequest(world.latestTurn(taskId));
            case "POST tasks/{task}/merge" -> () -> world.mergePullRequest(taskId);
            default -> null;
        };
        if (change == null) {
            return Optional.empty();
        }
        asked.complete();
        change.run();
        return Optional.of(SandboxJson.object().put("success", true));
    }

    private static int bytes(ControlRequest asked, String field) {
        return asked.number(field, 0, 0, LARGEST);
    }

    /** The text, padded to at least this many bytes; unchanged for 0. */
    private static String padded(String text, int bytes) {
        if (bytes == 0) {
            return text;
        }
        String before = text == null ? "" : text + " ";
        int missing = Math.max(0, bytes - before.length());
        return before + WORDS.repeat((missing + WORDS.length() - 1) / WORDS.length());
    }

    /** A diff of one new file, at least this many bytes long. */
    private static String largeDiff(int bytes) {
        int rows = bytes / ROW.length() + 1;
        return "diff --git a/data/large.csv b/data/large.csv\nnew file mode 100644\nindex 0000000..b1b7161\n"
                + "--- /dev/null\n+++ b/data/large.csv\n@@ -0,0 +1," + rows + " @@\n" + ROW.repeat(rows);
    }
}
