package dev.turnpike.commandline.task;

import dev.turnpike.codex.AcceptedTask;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TurnMapReader;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.call.CallEffect;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.commandline.program.CommandFailedException;
import dev.turnpike.commandline.program.ExitCode;
import dev.turnpike.commands.QuotaGate;
import dev.turnpike.credentials.CredentialsUnavailableException;
import dev.turnpike.events.EventData;
import dev.turnpike.usage.QuotaRule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Common to commands that start work: checks the usage, sends the request once, and waits for the end. */
abstract class TaskSending extends TaskCall {
    @Option(names = "--ask", description = "Ask a question; the turn ends with an answer and no diff.")
    boolean ask;

    @Option(
            names = "--max-used",
            paramLabel = "PERCENT",
            description = "Start only while at most this percentage of each usage window is used.")
    private Integer maxUsed;

    @Option(names = "--wait", description = "Wait until the turn has ended; exits with 0 only when it completed.")
    private boolean waits;

    @Option(
            names = "--wait-at-most",
            paramLabel = "DURATION",
            description = "As --wait, but stop waiting after this long, such as 30m; exits with 1 then.")
    private Duration patience;

    @Parameters(
            index = "0..*",
            paramLabel = "PROMPT",
            description = "Prompt; - reads it from standard input, /prompts:NAME args expands a custom prompt.")
    List<String> words = List.of();

    /** The prompt as it is sent. */
    String prompt(List<String> given) {
        String text = String.join(" ", given);
        if (text.equals("-")) {
            try {
                text = decoded(System.in.readAllBytes());
            } catch (CharacterCodingException e) {
                throw CommandFailedException.usage(
                        "standard input cannot be decoded: it must be UTF-8, or UTF-16 with a byte order mark");
            } catch (IOException e) {
                throw CommandFailedException.unavailable("standard input cannot be read: " + e.getMessage());
            }
        }
        if (text.isBlank()) {
            throw CommandFailedException.usage("the prompt is missing");
        }
        return account.prompts().expand(text);
    }

    /** As in the CLI: a byte order mark at the beginning, which PowerShell writes, selects the encoding. */
    static String decoded(byte[] bytes) throws CharacterCodingException {
        int first = bytes.length < 2 ? 0 : ((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff);
        boolean wide = first == 0xfeff || first == 0xfffe;
        return (wide ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8)
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString()
                .replaceFirst("^\ufeff", "");
    }

    /** Checks that the usage allows the work. */
    void checkUsage() {
        checkRange("--max-used", maxUsed, 1, 100);
        CodexClient.Reply reply = get("usage");
        Instant at = reply.date() == null ? program.clock().instant() : reply.date();
        new QuotaGate(new QuotaRule(settings.flag("commands.use-credits")))
                .check(reply.json(), maxUsed, at, Duration.ofSeconds(15));
    }

    /** Sends the request once, prints the outcome, and waits where requested. */
    int send(CodexRequest request) {
        AcceptedTask accepted;
        try {
            accepted = AcceptedTask.of(connection.call(request).json());
        } catch (UpstreamException e) {
            if (CallEffect.of(e) == CallEffect.NONE) {
                throw e;
            }
            throw CommandFailedException.failed("the reply was lost (" + e.getMessage()
                    + "), the work may have begun: check with ./turnpike task list before sending it again");
        }
        String taskId = accepted.taskId();
        String turnId = accepted.turnId();
        if (taskId == null) {
            throw CommandFailedException.failed(
                    "the reply names no task: check with ./turnpike task list whether one was created");
        }
        String url = connection.links().of(taskId);
        if (!waits && patience == null) {
            report(taskId, turnId, url, null);
            return ExitCode.OK;
        }
        err.println(url);
        TurnStatus end = await(taskId, turnId);
        report(taskId, turnId, url, end);
        return end == TurnStatus.COMPLETED ? ExitCode.OK : ExitCode.FAILED;
    }

    private void report(String taskId, String turnId, String url, TurnStatus end) {
        if (json) {
            print(EventData.empty()
                    .text("task_id", taskId)
                    .text("turn_id", turnId)
                    .text("url", url)
                    .text("status", end == null ? "pending" : end.label())
                    .node());
        } else {
            out.println(end == null ? url : end.label() + "  " + url);
        }
    }

    /** The status in which the turn ended; the last one seen when the time was up. */
    private TurnStatus await(String taskId, String turnId) {
        Instant deadline =
                patience == null ? Instant.MAX : program.clock().instant().plus(patience);
        TurnStatus last = TurnStatus.PENDING;
        String complaint = null;
        progress.turnsTo(last.label());
        while (true) {
            try {
                TurnStatus now = status(taskId, turnId);
                if (now != last) {
                    err.println(now.label());
                }
                last = now;
                progress.turnsTo(last.label());
            } catch (UpstreamException | CredentialsUnavailableException e) {
                if (!e.getMessage().equals(complaint)) {
                    err.println("still waiting: " + e.getMessage());
                }
                complaint = e.getMessage();
            }
            Instant now = program.clock().instant();
            if (last.isTerminal()) {
                return last;
            }
            if (!now.isBefore(deadline)) {
                err.println("waited as long as --wait-at-most allows; the work goes on");
                return last;
            }
            Instant next = now.plus(settings.duration("poll.tasks.active"));
            pause(Duration.between(now, next.isBefore(deadline) ? next : deadline));
        }
    }

    private TurnStatus status(String taskId, String turnId) {
        Task task = details(taskId).task();
        if (turnId == null || turnId.equals(task.latest().id())) {
            return task.latest().status();
        }
        // the task was followed up meanwhile
        return new TurnMapReader(DriftObserver.NONE)
                .readTurn(get("tasks", taskId, "turns", turnId).json())
                .status();
    }

    private static void pause(Duration length) {
        try {
            Thread.sleep(length.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailedException.failed("interrupted while waiting; the work goes on");
        }
    }
}
