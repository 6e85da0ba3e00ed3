package dev.turnpike.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.sandbox.http.SandboxJson;
import dev.turnpike.sandbox.world.SandboxTurn.Work;
import dev.turnpike.sandbox.world.TaskRequest;
import dev.turnpike.sandbox.world.TurnState;
import dev.turnpike.sandbox.world.World;
import java.util.function.Supplier;

/** Control requests below {@code /sandbox/tasks}, by which a test or a person changes tasks. */
record TaskControl(SandboxBackend backend) {
    /** How a turn ends; null fields are taken from the task's story. */
    private record Ending(
            TurnState how,
            String text,
            long textBytes,
            String diff,
            long diffBytes,
            String errorCode,
            String errorMessage,
            boolean pullRequest) {

        static Ending of(TurnState how, ControlRequest asked) {
            return new Ending(
                    how,
                    asked.text("text"),
                    asked.number("text_bytes", 0),
                    asked.text("diff"),
                    asked.number("diff_bytes", 0),
                    asked.text("error_code"),
                    asked.text("error_message"),
                    asked.flag("pull_request"));
        }

        Work over(Work story) {
            return new Work(
                    Padding.text(text == null ? story.text() : text, textBytes),
                    diffBytes > 0 ? Padding.diff(diffBytes) : diff == null ? story.diff() : diff,
                    errorCode == null ? story.errorCode() : errorCode,
                    errorMessage == null ? story.errorMessage() : errorMessage);
        }
    }

    /** Creates a task, and ends it at once where a status is given. */
    JsonNode create(ControlRequest asked) {
        TaskRequest plain = TaskRequest.plain();
        TaskRequest request = plain.withAccount(asked.text("account", plain.account()))
                .withEnvironment(asked.text("environment_id", plain.environmentId()))
                .withBranch(asked.text("branch", plain.branch()))
                .withPrompt(asked.text("prompt"))
                .withTitle(Padding.text(asked.text("title"), asked.number("title_bytes", 0)))
                .withAttempts((int) asked.number("attempts", 1));
        TaskRequest task = asked.flag("qa") ? request.asQuestion() : request;
        return begin(asked, () -> backend.world().create(task));
    }

    /**
     * Follows up on the latest attempt 0 or on the named turn, and ends the new turn at once where a status is given.
     */
    JsonNode followUp(String taskId, ControlRequest asked) {
        World world = backend.world();
        String named = asked.text("turn_id");
        String prompt = asked.text("prompt");
        return begin(asked, () -> world.followUp(named == null ? world.latestTurn(taskId) : named, prompt));
    }

    /** Ends the latest attempt 0, or the turn that is named. */
    JsonNode end(String taskId, ControlRequest asked) {
        World world = backend.world();
        Ending ending = Ending.of(TurnState.of(asked.text("status", "completed")), asked);
        String named = asked.text("turn_id");
        boolean followUp = asked.flag("follow_up");
        String prompt = asked.text("prompt");
        asked.complete();
        return world.atomically(() -> {
            String turnId = named == null ? world.latestTurn(taskId) : named;
            end(turnId, ending);
            return followUp
                    ? SandboxJson.tree(world.followUp(turnId, prompt))
                    : SandboxJson.object().put("turn_id", turnId);
        });
    }

    private JsonNode begin(ControlRequest asked, Supplier<World.Created> beginning) {
        boolean runs = asked.flag("run");
        String status = asked.text("status");
        Ending ending = Ending.of(status == null ? null : TurnState.of(status), asked);
        asked.complete();
        return backend.world().atomically(() -> {
            World.Created created = beginning.get();
            if (runs) {
                backend.run(created.turnId());
            }
            if (ending.how() != null) {
                end(created.turnId(), ending);
            }
            return SandboxJson.tree(created);
        });
    }

    private void end(String turnId, Ending ending) {
        World world = backend.world();
        world.end(turnId, ending.how(), ending.over(world.defaultWork(turnId, ending.how())));
        if (ending.pullRequest()) {
            world.openPullRequest(turnId);
        }
    }

    /** The actions on a task without parameters. */
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
            default -> throw new World.UnknownThingException("control request", "tasks/…/" + what);
        }
        return SandboxJson.object().put("success", true);
    }

    /** Creates texts and diffs of a given size. */
    static final class Padding {
        private static final String WORDS = "words that make it longer ";
        private static final String ROW = "+0123456789,a row of a file that nobody should diff\n";

        private Padding() {}

        /** The text, padded to at least this many bytes; unchanged for 0. */
        static String text(String text, long bytes) {
            if (bytes <= 0) {
                return text;
            }
            StringBuilder padded = new StringBuilder(text == null ? "" : text + " ");
            while (padded.length() < bytes) {
                padded.append(WORDS);
            }
            return padded.toString();
        }

        /** A diff of one new file, at least this many bytes long. */
        static String diff(long bytes) {
            int rows = Math.toIntExact(bytes / ROW.length() + 1);
            return "diff --git a/data/large.csv b/data/large.csv\nnew file mode 100644\nindex 0000000..b1b7161\n"
                    + "--- /dev/null\n+++ b/data/large.csv\n@@ -0,0 +1," + rows + " @@\n" + ROW.repeat(rows);
        }
    }
}
