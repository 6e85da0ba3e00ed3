package dev.turnpike.commandline.task;

import com.fasterxml.jackson.databind.JsonNode;
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
import dev.turnpike.commandline.program.Program;
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

/** The commands that start work: the check of the usage, the one request, and waiting for the end. */
abstract class TaskSending extends TaskCall {
    @Option(names = "--ask", description = "Ask a question: ends with an answer and no diff.")
    private boolean ask;

    @Option(
            names = "--max-used",
            paramLabel = "PERCENT",
            description = "Start only while at most so much of each usage window is used.")
    private Integer maxUsed;

    @Option(names = "--wait", description = "Follow it to its end; exits with 0 only when it completed.")
    private boolean waits;

    @Option(
            names = "--wait-at-most",
            paramLabel = "DURATION",
            description = "As --wait, but stop waiting after this long, such as 30m; exits with 1 then.")
    private Duration patience;

    @Parameters(
            index = "0..*",
            paramLabel = "PROMPT",
            description = "What Codex is to do; - reads it from standard input."
                    + " /prompts:NAME args takes a custom prompt.")
    private List<String> words = List.of();

    TaskSending(Program program) {
        super(program);
    }

    boolean isQuestion() {
        return ask;
    }

    List<String> words() {
        return words;
    }

    /** As it is sent. */
    String prompt(List<String> given) {
        String text = String.join(" ", given);
        if (text.equals("-")) {
            try {
                text = decoded(System.in.readAllBytes());
            } catch (CharacterCodingException e) {
                throw new CommandFailedException(
                        ExitCode.USAGE,
                        "standard input holds letters that cannot be read: it must be UTF-8, or UTF-16 that begins with its mark");
            } catch (IOException e) {
                throw new CommandFailedException(
                        ExitCode.UNAVAILABLE, "standard input cannot be read: " + e.getMessage());
            }
        }
        if (text.isBlank()) {
            throw new CommandFailedException(ExitCode.USAGE, "the prompt is missing: say what Codex is to do");
        }
        return account().prompts().expand(text);
    }

    /** As the CLI has it: a mark at the beginning, which PowerShell writes, says which encoding it is, and is no letter. */
    static String decoded(byte[] bytes) throws CharacterCodingException {
        int first = bytes.length < 2 ? 0 : ((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff);
        boolean wide = first == 0xfeff || first == 0xfffe;
        return (wide ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8)
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString()
                .replaceFirst("^\ufeff", "");
    }

    /** Refuses to send where the usage does not allow the work. */
    void checkUsage() {
        if (maxUsed != null && (maxUsed < 1 || maxUsed > 100)) {
            throw new CommandFailedException(ExitCode.USAGE, "--max-used is " + maxUsed + ": must be from 1 to 100");
        }
        CodexClient.Reply reply = get("usage");
        Instant at = reply.date() == null ? program().clock().instant() : reply.date();
        new QuotaGate(new QuotaRule(settings().flag("commands.use-credits")))
                .check(reply.json(), maxUsed, at, Duration.ofSeconds(15));
    }

    /** Sends it once, reports the outcome, and waits where that is wanted. */
    int send(CodexRequest request) {
        JsonNode reply;
        try {
            reply = connection().call(request).json();
        } catch (UpstreamException e) {
            if (CallEffect.of(e) == CallEffect.NONE) {
                throw e;
            }
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "the reply was lost (" + e.getMessage() + "), the work may have begun: check with ./turnpike task"
                            + " list before sending it again");
        }
        String taskId = reply.path("task").path("id").asText(reply.path("id").asText());
        String turnId = reply.path("turn").path("id").textValue();
        if (taskId.isEmpty()) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "the reply names no task: check with ./turnpike task list whether one was created");
        }
        String url = connection().links().of(taskId);
        if (!waits && patience == null) {
            report(taskId, turnId, url, null);
            return ExitCode.OK;
        }
        program().err().println(url);
        TurnStatus end = await(taskId, turnId);
        report(taskId, turnId, url, end);
        return end == TurnStatus.COMPLETED ? ExitCode.OK : ExitCode.FAILED;
    }

    private void report(String taskId, String turnId, String url, TurnStatus end) {
        if (isJson()) {
            print(EventData.empty()
                    .text("task_id", taskId)
                    .text("turn_id", turnId)
                    .text("url", url)
                    .text("status", end == null ? "pending" : end.word())
                    .node());
        } else {
            program().out().println(end == null ? url : end.word() + "  " + url);
        }
    }

    /** The status in which the turn ended; what it was last when patience ran out. */
    private TurnStatus await(String taskId, String turnId) {
        Instant deadline =
                patience == null ? Instant.MAX : program().clock().instant().plus(patience);
        TurnStatus last = TurnStatus.PENDING;
        String complaint = null;
        progress().turnsTo(last.word());
        while (true) {
            try {
                TurnStatus now = status(taskId, turnId);
                if (now != last) {
                    program().err().println(now.word());
                }
                last = now;
                progress().turnsTo(last.word());
            } catch (UpstreamException | CredentialsUnavailableException e) {
                if (!e.getMessage().equals(complaint)) {
                    program().err().println("still waiting: " + e.getMessage());
                }
                complaint = e.getMessage();
            }
            Instant now = program().clock().instant();
            if (last.isTerminal()) {
                return last;
            }
            if (!now.isBefore(deadline)) {
                program().err().println("waited as long as --wait-at-most allows; the work goes on");
                return last;
            }
            Instant next = now.plus(settings().duration("poll.tasks.active"));
            pause(Duration.between(now, next.isBefore(deadline) ? next : deadline));
        }
    }

    private TurnStatus status(String taskId, String turnId) {
        Task task = details(taskId).task();
        if (turnId == null || turnId.equals(task.latest().id())) {
            return task.latest().status();
        }
        // there was a follow-up meanwhile
        return new TurnMapReader(DriftObserver.NONE)
                .readTurn(get("tasks", taskId, "turns", turnId).json())
                .status();
    }

    private static void pause(Duration length) {
        try {
            Thread.sleep(length.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException(ExitCode.FAILED, "interrupted while waiting; the work goes on");
        }
    }
}
