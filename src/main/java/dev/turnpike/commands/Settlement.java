package dev.turnpike.commands;

import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** Settles what looks at commands have come to: answered for good, or planned to be looked at again. */
final class Settlement {
    private final CommandAnswers answers;
    private final UnfinishedCommands unfinished;
    private final Claims claims;
    private final Deferrals deferrals;
    private final Clock clock;

    Settlement(CommandAnswers answers, UnfinishedCommands unfinished, Claims claims, Deferrals deferrals, Clock clock) {
        this.answers = answers;
        this.unfinished = unfinished;
        this.claims = claims;
        this.deferrals = deferrals;
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
            // its words stay claimed: of two tasks nobody could tell whose is whose
            unfinished.postpone(run, now.plus(((Outcome.Again) outcome).least()));
        }
    }

    private void accept(CommandRun run, Outcome.Accepted accepted, Instant now) {
        claims.take(accepted.turnId() != null && run.isFollowUp() ? accepted.turnId() : accepted.taskId());
        answers.accepted(run, accepted, now);
        unfinished.finished(run.key());
    }

    private void reject(CommandRun run, CommandRejectedException why, Instant now) {
        answers.rejected(run, why, now);
        unfinished.finished(run.key());
    }

    private void defer(CommandRun run, CommandDeferredException why, Instant now) {
        Optional<CommandRejectedException> refusal = deferrals.refusal(run, why, now);
        if (refusal.isPresent()) {
            reject(run, refusal.get(), now);
            return;
        }
        Instant until = now.plus(why.waitTime());
        answers.deferred(run, why, until, now);
        claims.release(run.key());
        unfinished.postpone(run, until);
    }
}
