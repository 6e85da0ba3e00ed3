package dev.turnpike.publishing;

import dev.turnpike.codex.Task;
import dev.turnpike.codex.Turn;
import dev.turnpike.comparison.AttemptsKnown;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.Observation.DetailsOutcome;
import dev.turnpike.comparison.TaskChange;
import dev.turnpike.comparison.TaskChange.Ended;
import dev.turnpike.comparison.TaskKnown;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.EndedTurn;
import dev.turnpike.events.EndedTurn.Details;
import dev.turnpike.events.Event;
import dev.turnpike.events.TaskSnapshots;
import dev.turnpike.events.TurnEvents;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.StateKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Publishes an observed task, as far as the committed state does not have it yet. */
public record TaskProposal(Identity account, Observation observed, TurnEvents turns, TaskSnapshots snapshots)
        implements Proposal {
    @Override
    public Decision against(KnownState known) {
        Task task = observed.task();
        Source source = Source.of(task);
        TaskKnown before = source.task(known, account.account(), task.id());
        TaskChange change = source.comparison(known, account.account()).compare(before, observed);
        if (!change.changed()) {
            return Decision.NOTHING;
        }
        AttemptsKnown open = OpenAttempts.of(known, account.account(), task.id());
        AttemptsKnown attempts = open;
        List<Event> events = new ArrayList<>();
        for (Ended ended : change.publishable()) {
            int count = attemptCount(ended);
            EndedTurn turn = endedTurn(ended, count);
            events.add(turns.of(turn));
            if (!task.isThread() && change.isFirstEnd(ended) && count != 1) {
                attempts = attempts.with(ended.turnId(), OpenAttempts.begin(turn, count));
            }
        }
        if (change.snapshot()) {
            events.add(snapshots.of(account, task, observed.at()));
        }
        Map<StateKey<?>, Record> state = new LinkedHashMap<>();
        OpenAttempts.put(state, account.account(), task.id(), open, attempts);
        if (!change.next().equals(before)) {
            state.put(source.tasks().key(account.account(), task.id()), change.next());
        }
        return new Decision(events, state);
    }

    private EndedTurn endedTurn(Ended ended, int attemptCount) {
        DetailsOutcome details = observed.details().get(ended.turnId());
        return new EndedTurn(
                account,
                observed.task(),
                ended.turnId(),
                ended.status(),
                ended.createdAt(),
                ended.endedAt(),
                observed.at(),
                Math.max(1, attemptCount),
                word(details.word()),
                details.turn(),
                details.prompt(),
                details.pullRequests().isEmpty() ? observed.task().pullRequests() : details.pullRequests(),
                ended.backfill());
    }

    /** Attempts at the turn's request, including the turn itself; 0 when unknown. */
    private int attemptCount(Ended ended) {
        Turn turn = observed.details().get(ended.turnId()).turn();
        Turn mapped = observed.turns() == null ? null : observed.turns().turns().get(ended.turnId());
        Task.LatestTurn latest = observed.task().latest();
        // where a task is asked for by its id, a single attempt may be one of several that only its turn names
        boolean counted = ended.turnId().equals(latest.id()) && (observed.listed() || latest.attemptCount() > 1);
        return Math.max(Math.max(siblings(turn), siblings(mapped)), counted ? latest.attemptCount() : 0);
    }

    private static int siblings(Turn turn) {
        return turn == null ? 0 : turn.siblingTurnIds().size() + 1;
    }

    private static Details word(DetailsOutcome.Word word) {
        return switch (word) {
            case COMPLETE -> Details.COMPLETE;
            case NONE -> Details.NONE;
            case UNAVAILABLE, FAILED, REFUSED -> Details.UNAVAILABLE;
        };
    }
}
