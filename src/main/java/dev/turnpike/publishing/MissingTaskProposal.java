package dev.turnpike.publishing;

import dev.turnpike.codex.Task;
import dev.turnpike.comparison.KnownAttempts;
import dev.turnpike.comparison.KnownTask;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.Observation.DetailsOutcome;
import dev.turnpike.comparison.TaskChange;
import dev.turnpike.comparison.TaskChange.Ended;
import dev.turnpike.comparison.TaskComparison;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.EndedTurn;
import dev.turnpike.events.Event;
import dev.turnpike.events.TurnEvents;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.StateKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Handles a known task that could not be fetched by its id. Where upstream no longer has it, its open turns are closed
 * and turns that wait for details are published without; where the call failed, their tries are counted.
 *
 * @param source of the task
 * @param gone whether upstream no longer has it
 * @param refused whether upstream has answered that it does not show it
 */
public record MissingTaskProposal(
        Source source, Identity account, String taskId, boolean gone, boolean refused, TurnEvents turns, Instant at)
        implements Proposal {

    @Override
    public Decision decide(KnownState known) {
        KnownTask before = source.task(known, account.account(), taskId);
        if (before == null || (gone && before.gone())) {
            return Decision.NOTHING;
        }
        TaskComparison comparison = source.comparison(known, account.account());
        TaskChange change = gone ? comparison.gone(before, at) : comparison.lookupFailed(before, refused, at);
        if (change.next().equals(before)) {
            return Decision.NOTHING;
        }
        KnownAttempts open = OpenAttempts.of(known, account.account(), taskId);
        // it is unknown whether attempts of a deleted task still run
        KnownAttempts attempts = gone ? KnownAttempts.NOTHING : open;
        List<Event> events = new ArrayList<>();
        for (Ended ended : change.publishable()) {
            EndedTurn turn = new EndedTurn(account, remembered(ended), ended);
            events.add(turns.of(turn));
            attempts = !gone && change.isFirstEnd(ended) ? OpenAttempts.begin(attempts, turn) : attempts;
        }
        Map<StateKey<?>, Record> state = new LinkedHashMap<>();
        OpenAttempts.put(state, account.account(), taskId, open, attempts);
        state.put(source.tasks().key(account.account(), taskId), change.next());
        return new Decision(events, state);
    }

    /** All that is left of the task is that the turn has ended. */
    private Observation remembered(Ended ended) {
        Task.LatestTurn latest = new Task.LatestTurn(
                ended.turnId(), ended.status(), ended.status().label(), null, 1);
        Task.ThreadState thread = source == Source.THREADS ? new Task.ThreadState(new TreeSet<>()) : null;
        Task task = new Task(taskId, null, null, null, null, null, null, false, latest, List.of(), thread);
        DetailsOutcome none = DetailsOutcome.without(DetailsOutcome.Status.UNAVAILABLE);
        return Observation.ofDetails(task, at).withDetails(Map.of(ended.turnId(), none));
    }
}
