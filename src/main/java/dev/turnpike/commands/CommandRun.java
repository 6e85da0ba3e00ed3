package dev.turnpike.commands;

import dev.turnpike.codex.CodexRequest;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * A command while it is looked at: the body of the routes. What one look has found out is kept for the next one, and
 * lost with the process; what must not be lost is in the log.
 */
public final class CommandRun {
    private final TaskCommand command;
    private final Instant receivedAt;
    private final CommandJournal journal;
    private final CommandState stored;
    private final String attempt = UUID.randomUUID().toString();
    private final Set<String> ruledOut = new HashSet<>();
    private Long nextOffset;
    private CommandAccount account;
    private Environment environment;
    private String prompt;
    private String turnId;
    private Instant upstreamTime;
    private Instant window;
    private Instant attemptedAt;
    private boolean logged;
    private boolean attempted;
    private boolean doubtful;
    private int failures;
    private int forbidden;
    private int deferrals;
    private Outcome outcome;

    private CommandRun(
            TaskCommand command, Instant receivedAt, CommandJournal journal, CommandState stored, Long nextOffset) {
        this.command = command;
        this.receivedAt = receivedAt;
        this.journal = journal;
        this.stored = stored;
        this.nextOffset = nextOffset;
    }

    /** A command that was just read; the offset moves with the first thing the log gets to know of it. */
    static CommandRun fresh(TaskCommand command, Instant now, CommandJournal journal, long nextOffset) {
        return new CommandRun(command, now, journal, null, nextOffset);
    }

    /** A command out of the log. One that was being attempted is never sent again. */
    static CommandRun stored(CommandState state, CommandJournal journal) {
        CommandRun run = new CommandRun(state.command(), state.receivedAt(), journal, state, null);
        run.logged = true;
        if (state.stage() == CommandState.Stage.ATTEMPTING) {
            run.doubtful = true;
            run.prompt = state.command().prompt();
            run.turnId = state.turnId();
            run.window = state.window();
            run.attemptedAt = state.attemptedAt();
        }
        return run;
    }

    public TaskCommand command() {
        return command;
    }

    public boolean isFollowUp() {
        return command.kind() == TaskCommand.Kind.FOLLOW_UP;
    }

    /** Whether the environment is still to be resolved. */
    public boolean isEnvironmentNeeded() {
        return !isFollowUp() && environment == null;
    }

    /** Whether it was sent and nobody knows with what effect: it is looked for, and never sent again. */
    public boolean isDoubtful() {
        return doubtful;
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

    CommandKey key() {
        return command.key();
    }

    Instant receivedAt() {
        return receivedAt;
    }

    CommandJournal journal() {
        return journal;
    }

    CommandState stored() {
        return stored;
    }

    /** The offset that is still to be moved with the next transaction, null when it was. */
    Long nextOffset() {
        return nextOffset;
    }

    void logged() {
        nextOffset = null;
        logged = true;
    }

    /** Whether the log knows of it. */
    boolean isLogged() {
        return logged;
    }

    CommandAccount account() {
        return account;
    }

    /** The account's id, from the log where it was not resolved now; null when not known. */
    String accountId() {
        return account != null ? account.id() : stored != null ? stored.account() : null;
    }

    void account(CommandAccount resolved) {
        account = resolved;
    }

    String prompt() {
        return prompt;
    }

    /** Whether the text is what the command has sent. */
    boolean isPrompt(String text) {
        return text != null && prompt != null && text.strip().equals(prompt.strip());
    }

    void prompt(String expanded) {
        prompt = expanded;
    }

    Environment environment() {
        return environment;
    }

    void environment(Environment resolved) {
        environment = resolved;
    }

    String branch() {
        if (command.branch() != null) {
            return command.branch().strip();
        }
        return environment == null || environment.defaultBranch() == null ? "main" : environment.defaultBranch();
    }

    String turnId() {
        return turnId;
    }

    void turnId(String continued) {
        turnId = continued;
    }

    void upstreamTime(Instant date) {
        upstreamTime = date;
    }

    /** Upstream's clock at its last reply, null where it did not tell. */
    Instant upstreamTime() {
        return upstreamTime;
    }

    String attempt() {
        return attempt;
    }

    void attempting(Instant from, Instant at) {
        window = from;
        attemptedAt = at;
        attempted = true;
        logged();
    }

    /** Whether a request may be under way, or was answered by something that leaves its effect open. */
    boolean isAttempted() {
        return attempted;
    }

    /** Upstream has certainly not carried it out. */
    void refused() {
        attempted = false;
    }

    void doubted() {
        attempted = false;
        doubtful = true;
        failures = 0;
    }

    Instant window() {
        return window;
    }

    Instant attemptedAt() {
        return attemptedAt;
    }

    Set<String> ruledOut() {
        return ruledOut;
    }

    int failed() {
        return ++failures;
    }

    /** Counts a plain 403: how many there were. */
    int forbidden() {
        return ++forbidden;
    }

    /** How often it was deferred since it is in memory. */
    int deferred() {
        failures = 0;
        return deferrals++;
    }

    void outcome(Outcome reached) {
        outcome = reached;
    }

    /** What this look has come to; null when it came to nothing. */
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
