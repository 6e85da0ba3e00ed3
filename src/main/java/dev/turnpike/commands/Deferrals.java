package dev.turnpike.commands;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Which commands may wait how long, and whether their senders are told so again. */
final class Deferrals {
    private static final Duration WORTH_TELLING = Duration.ofMinutes(1);

    private final Duration patience;

    /** @param patience so long a command waits at most, unless for a time that is known */
    Deferrals(Duration patience) {
        this.patience = patience;
    }

    /** Why the command is rejected rather than deferred; empty when it may wait. */
    Optional<CommandRejectedException> refusal(CommandRun run, CommandDeferredException why, Instant now) {
        if (run.command().impatient() && !why.reason().equals(CommandOutcomes.SAME_WORDS)) {
            return Optional.of(new CommandRejectedException(
                    why.reason(), why.getMessage(), "leave out when: now to have the command wait"));
        }
        if (!why.isUnbounded() && now.isAfter(run.receivedAt().plus(patience))) {
            return Optional.of(new CommandRejectedException(
                    why.reason(),
                    "waited for commands.patience in vain: " + why.getMessage(),
                    "send it again under another id, later"));
        }
        return Optional.empty();
    }

    /**
     * Whether the sender does not know yet. The same reason again is told again only where the time is more than that
     * of the next look, and later than was told.
     *
     * @param before what the log knows of the command, null where that is nothing
     */
    static boolean isNews(CommandDeferredException why, Instant until, CommandState before) {
        if (before == null || !why.reason().equals(before.reason())) {
            return true;
        }
        return why.isUnbounded() && !until.isBefore(before.until().plus(WORTH_TELLING));
    }
}
