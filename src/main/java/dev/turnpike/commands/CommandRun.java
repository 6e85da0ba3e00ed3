package dev.turnpike.commands;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.commands.Environments.Environment;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * A command during its execution, the body of its routes. Fetched data is kept for the next try and lost with the
 * process; durable state is in the log.
 */
public final class CommandRun {
    /** Whether the request may have had an effect. */
    private enum AttemptStatus {
        /** Nothing was sent, or upstream has certainly not executed it. */
        UNSENT,
        /** The request may be in progress, or its reply leaves the effect open. */
        IN_PROGRESS,
        /** It was sent, with unknown effect. */
        IN_DOUBT
    }

    final Instant receivedAt;
    final CommandLog commandLog;
    /** Tasks known not to be the effect of its attempt. */
    final Set<String> ruledOut = new HashSet<>();

    private final TaskCommand command;
    private final String knownAccount;
    private AttemptStatus status = AttemptStatus.UNSENT;
    private Outcome outcome;
    private String attemptId = UUID.randomUUID().toString();

    /** The offset to commit with the next transaction, null when it was committed. */
    Long nextOffset;
    /** No older task, by upstream's clock, can be the effect of its attempt. */
    Instant window;
    /** When its attempt began, by our clock. */
    Instant attemptedAt;
    /** In a row, since it was deferred or came into doubt. */
    int failures;
    /** Failures of the command's own. */
    int internalFailures;
    /** Plain 403 replies. */
    int forbidden;

    int deferrals;

    // what the steps of the route have found, null until then
    CommandAccount account;
    /** Those of the account. */
    Environments environments;

    Environment environment;
    /** With custom prompts expanded. */
    String prompt;
    /** The turn that a follow-up continues. */
    String turnId;
    /** Upstream's clock at its last reply; null also where that had no date. */
    Instant upstreamTime;
    /** Whether commands may use some environments only. */
    boolean restricted;

    private CommandRun(
            TaskCommand command, Instant receivedAt, CommandLog commandLog, String knownAccount, Long nextOffset) {
        this.command = command;
        this.receivedAt = receivedAt;
        this.commandLog = commandLog;
        this.knownAccount = knownAccount;
        this.nextOffset = nextOffset;
    }

    /** A command that was just read; its offset is committed with its first state. */
    static CommandRun fresh(TaskCommand command, Instant now, CommandLog commandLog, long nextOffset) {
        return new CommandRun(command, now, commandLog, null, nextOffset);
    }

    /** A command from the log. One that was being attempted is never sent again. */
    static CommandRun stored(CommandState state, CommandLog commandLog) {
        CommandRun run = new CommandRun(state.command(), state.receivedAt(), commandLog, state.account(), null);
        if (state.stage() == CommandState.Stage.ATTEMPTING) {
            run.prompt = state.command().prompt();
            run.turnId = state.turnId();
            run.attemptId = state.attempt();
            run.attempting(state.window(), state.attemptedAt());
            run.markInDoubt();
        }
        return run;
    }

    public TaskCommand command() {
        return command;
    }

    public boolean isFollowUp() {
        return command.kind() == TaskCommand.Kind.FOLLOW_UP;
    }

    /** Whether the account's environments are still to be read. */
    public boolean isEnvironmentNeeded() {
        return isFollowUp() ? restricted && environments == null : environment == null;
    }

    /** Whether it was sent with unknown effect, so it is looked up and never sent again. */
    public boolean isInDoubt() {
        return status == AttemptStatus.IN_DOUBT;
    }

    public CodexRequest environmentsRequest() {
        return account.get("environments");
    }

    public CodexRequest usageRequest() {
        return account.get("usage");
    }

    public CodexRequest taskRequest() {
        return account.get("tasks", command.taskId());
    }

    /** Until when it may wait: its not_after, else as long as commands.patience allows. */
    Instant deadline(Duration patience) {
        return command.notAfter() != null ? command.notAfter() : receivedAt.plus(patience);
    }

    TaskCommand.Key key() {
        return command.key();
    }

    /** Names its attempts in the log, also after the log was read again. */
    String attemptId() {
        return attemptId;
    }

    /** The account's id, from the log where it was not resolved now; null when not known. */
    String accountId() {
        return account != null ? account.id() : knownAccount;
    }

    /** Whether the text is the prompt that was sent. */
    boolean isPrompt(String text) {
        return text != null && prompt != null && text.strip().equals(prompt.strip());
    }

    String branch() {
        if (command.branch() != null) {
            return command.branch().strip();
        }
        return environment == null ? "main" : environment.branch(null);
    }

    boolean isInProgress() {
        return status == AttemptStatus.IN_PROGRESS;
    }

    /**
     * The request is about to be sent, and that is committed.
     *
     * @param from nothing older than this, by upstream's clock, can be its effect
     * @param at by our clock
     */
    void attempting(Instant from, Instant at) {
        status = AttemptStatus.IN_PROGRESS;
        window = from;
        attemptedAt = at;
        nextOffset = null;
    }

    /** Upstream has certainly not executed it; an attempt in doubt stays in doubt. */
    void refused() {
        if (status == AttemptStatus.IN_PROGRESS) {
            status = AttemptStatus.UNSENT;
        }
    }

    /** The reply to the attempt was lost. */
    void markInDoubt() {
        status = AttemptStatus.IN_DOUBT;
        failures = 0;
    }

    void outcome(Outcome reached) {
        outcome = reached;
    }

    /** The outcome of this try; null when there is none. */
    Outcome takeOutcome() {
        Outcome taken = outcome;
        outcome = null;
        return taken;
    }

    @Override
    public String toString() {
        return command.toString();
    }
}
