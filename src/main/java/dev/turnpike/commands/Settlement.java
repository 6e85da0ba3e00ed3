package dev.turnpike.commands;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Settles the outcomes of executed commands: answered for good, or scheduled to be executed again. */
final class Settlement {
    private final CommandAnswers answers;
    private final PendingCommands pending;
    private final Claims claims;
    private final RunningLimit limit;
    private final Duration patience;
    private final Clock clock;

    /** @param patience so long a command waits at most, unless it says itself until when it is wanted */
    Settlement(
            CommandAnswers answers,
            PendingCommands pending,
            Claims claims,
            RunningLimit limit,
            Duration patience,
            Clock clock) {
        this.answers = answers;
        this.pending = pending;
        this.claims = claims;
        this.limit = limit;
        this.patience = patience;
        this.clock = clock;
    }

    void settle(CommandRun run, Outcome outcome) {
        Instant now = clock.instant();
        if (outcome instanceof Outcome.Accepted accepted) {
            accept(run, accepted, now);
        } else if (outcome instanceof Outcome.Rejected rejected) {
            reject(run, rejected.why(), now);
        } else if (outcome instanceof Outcome.Deferred deferred) {
            defer(run, deferred.why(), now);
        } else {
            // its words stay claimed: of two tasks nobody could say whose is whose
            pending.postpone(run, now.plus(((Outcome.Again) outcome).least()));
        }
    }

    private void accept(CommandRun run, Outcome.Accepted accepted, Instant now) {
        claims.take(accepted.turnId() != null && run.isFollowUp() ? accepted.turnId() : accepted.taskId());
        limit.started(run.accountId());
        answers.accepted(run, accepted, now);
        pending.finished(run.key());
    }

    private void reject(CommandRun run, CommandRejectedException why, Instant now) {
        answers.rejected(run, why, now);
        pending.finished(run.key());
    }

    private void defer(CommandRun run, CommandDeferredException why, Instant now) {
        Optional<CommandRejectedException> refusal = refusal(run, why, now);
        if (refusal.isPresent()) {
            reject(run, refusal.get(), now);
            return;
        }
        Instant until = now.plus(why.waitTime());
        Instant deadline = deadline(run);
        until = until.isAfter(deadline) ? deadline : until;
        answers.deferred(run, why, until, now);
        claims.release(run.key());
        pending.postpone(run, until);
    }

    private Instant deadline(CommandRun run) {
        return run.command().notAfter() != null
                ? run.command().notAfter()
                : run.receivedAt().plus(patience);
    }

    /** Why the command is rejected rather than deferred; empty when it may wait. */
    Optional<CommandRejectedException> refusal(CommandRun run, CommandDeferredException why, Instant now) {
        if (run.command().impatient() && !why.reason().equals(CommandOutcomes.SAME_WORDS)) {
            return Optional.of(new CommandRejectedException(
                    why.reason(), why.getMessage(), "leave out when: now to have the command wait"));
        }
        if (now.isBefore(deadline(run))) {
            return Optional.empty();
        }
        return Optional.of(
                run.command().notAfter() != null
                        ? CommandRejectedException.expired(run.command().notAfter(), why.getMessage())
                        : new CommandRejectedException(
                                why.reason(),
                                "still not possible after commands.patience: " + why.getMessage(),
                                "send it again under another id, later or with not_after"));
    }
}
