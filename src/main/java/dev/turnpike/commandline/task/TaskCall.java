package dev.turnpike.commandline.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.TaskDetailsReader;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.commandline.output.Screen;
import dev.turnpike.commandline.output.WaitNotice;
import dev.turnpike.commandline.program.CommandFailedException;
import dev.turnpike.commandline.program.ProgramCommand;
import dev.turnpike.commands.CommandAccount;
import dev.turnpike.commands.CommandDeferredException;
import dev.turnpike.commands.CommandRejectedException;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.CredentialsUnavailableException;
import dev.turnpike.events.EventData;
import dev.turnpike.runtime.CodexConnection;
import dev.turnpike.settings.Settings;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Common to commands about tasks: the account's sign-in, API calls, and messages about failures. */
abstract class TaskCall extends ProgramCommand {
    Settings settings;
    CodexConnection connection;
    CommandAccount account;
    WaitNotice progress;

    @Option(
            names = "--account",
            paramLabel = "ACCOUNT",
            description = "Workspace and user; needed only where several accounts are configured.")
    private String accountName;

    @Option(names = "--json", description = "Print JSON for programs.")
    boolean json;

    @Override
    public final Integer call() {
        settings = load();
        try (CodexConnection open = new CodexConnection(settings, program.clock());
                WaitNotice waiting = new WaitNotice(err, program.clock(), "waiting for Codex")) {
            connection = open;
            progress = waiting;
            account = open.accounts().named(accountName);
            return run();
        } catch (CommandRejectedException e) {
            throw CommandFailedException.failed(reported(e));
        } catch (CommandDeferredException e) {
            throw CommandFailedException.failed(e.getMessage() + "; retry after "
                    + program.clock().instant().plus(e.waitTime()).truncatedTo(ChronoUnit.SECONDS));
        } catch (AuthRequiredException e) {
            String how = e.getMessage().contains("codex login") ? "" : "; sign in with: codex login";
            throw CommandFailedException.unavailable(e.getMessage() + how);
        } catch (CredentialsUnavailableException | UpstreamException e) {
            throw CommandFailedException.unavailable(e.getMessage());
        }
    }

    abstract int run();

    private static String reported(CommandRejectedException e) {
        String candidates = e.candidates().isEmpty() ? "" : " (" + String.join("; ", e.candidates()) + ")";
        return e.getMessage() + (e.expected() == null ? "" : "; expected: " + e.expected()) + candidates;
    }

    CodexClient.Reply get(String... path) {
        return connection.call(account.get(path));
    }

    /**
     * The details of a task.
     *
     * @throws CommandFailedException when there is no such task
     */
    TaskDetails details(String taskId) {
        try {
            return new TaskDetailsReader(DriftObserver.NONE)
                    .read(get("tasks", taskId).json(), taskId);
        } catch (UpstreamException e) {
            if (e.kind() == UpstreamException.Kind.NOT_FOUND) {
                throw CommandFailedException.failed("the account has no task " + taskId);
            }
            throw e;
        }
    }

    void print(JsonNode node) {
        out.println(node);
    }

    ObjectNode json(Task task) {
        return EventData.empty()
                .text("task_id", task.id())
                .text("turn_id", task.latest().id())
                .text("status", task.latest().status().label())
                .text("title", task.title())
                .text("url", connection.links().of(task.id()))
                .text("environment", task.environment())
                .text("branch", task.branch())
                .time("created_at", task.createdAt())
                .time("updated_at", task.updatedAt())
                .number("attempt_count", task.latest().attemptCount())
                .diffStats(task.latest().diffStats())
                .node();
    }

    static String changed(Task task) {
        return task.latest().diffStats() == null
                ? ""
                : String.format(
                        Locale.ROOT,
                        "+%d -%d",
                        task.latest().diffStats().linesAdded(),
                        task.latest().diffStats().linesRemoved());
    }

    String painted(Task task) {
        String word = task.latest().status().label();
        return switch (task.latest().status()) {
            case COMPLETED -> program.screen().paint(Screen.Paint.GOOD, word);
            case FAILED -> program.screen().paint(Screen.Paint.BAD, word);
            case CANCELLED -> program.screen().paint(Screen.Paint.WARN, word);
            default -> word;
        };
    }
}
