package dev.turnpike.commands;

import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** A command cannot be executed, and waiting would not help. */
public final class CommandRejectedException extends RuntimeException implements Outcome {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final String expected;
    private final transient List<String> candidates;
    private final boolean unknown;

    /**
     * Nothing was done.
     *
     * @param reason a code for programs: {@code unknown-environment}, {@code refused}, ...
     * @param expected what would be right, null where that is not known
     */
    public CommandRejectedException(String reason, String detail, String expected) {
        this(reason, detail, expected, List.of(), false);
    }

    private CommandRejectedException(
            String reason, String detail, String expected, List<String> candidates, boolean unknown) {
        super(detail);
        this.reason = reason;
        this.expected = expected;
        this.candidates = List.copyOf(candidates);
        this.unknown = unknown;
    }

    /** Nothing was done, since the name is none of these. */
    static CommandRejectedException among(String reason, String detail, String expected, List<String> candidates) {
        return new CommandRejectedException(reason, detail, expected, candidates, false);
    }

    /** It may have started a task, but none can be identified as its own. */
    static CommandRejectedException unknownOutcome(String detail, List<String> candidates) {
        return new CommandRejectedException(
                "outcome-unknown",
                detail,
                "check the account's latest tasks before sending the command again under another id",
                candidates,
                true);
    }

    static CommandRejectedException expired(Instant notAfter, String why) {
        return new CommandRejectedException(
                "expired",
                "not_after " + notAfter + " has passed" + (why == null ? "" : " while the command waited: " + why),
                "send it again under another id, with a later not_after");
    }

    /**
     * A command to cancel another that is not deferred.
     *
     * @param target null where the partition has none of that id
     */
    static CommandRejectedException notCancelled(TaskCommand.Key key, CommandState target) {
        return target == null
                ? new CommandRejectedException(
                        "unknown-command",
                        "no command " + key + " is known in this partition",
                        "id and source of a deferred command that was sent with the same key")
                : new CommandRejectedException(
                        "not-deferred",
                        "command " + key + " is not deferred, it is "
                                + target.stage().name().toLowerCase(Locale.ROOT)
                                + (target.taskId() == null ? "" : " as task " + target.taskId()),
                        "a command that is deferred; Codex has no known call to cancel a task");
    }

    static void requireInTime(TaskCommand command, Instant now) {
        if (command.notAfter() != null && !now.isBefore(command.notAfter())) {
            throw expired(command.notAfter(), null);
        }
    }

    public String reason() {
        return reason;
    }

    public String expected() {
        return expected;
    }

    public List<String> candidates() {
        return candidates == null ? List.of() : candidates;
    }

    public boolean isUnknown() {
        return unknown;
    }
}
