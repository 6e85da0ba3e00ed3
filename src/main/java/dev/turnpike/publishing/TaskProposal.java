package dev.turnpike.publishing;

import dev.turnpike.codex.Task;
import dev.turnpike.comparison.KnownAttempts;
import dev.turnpike.comparison.KnownTask;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.TaskChange;
import dev.turnpike.comparison.TaskChange.Ended;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.EndedTurn;
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

/** Publishes what an observation of a task adds to the committed state. */
public record TaskProposal(Identity account, Observation observed, TurnEvents turns, TaskSnapshots snapshots)
        implements Proposal {
    @Override
    public Decision decide(KnownState known) {
        Task task = observed.task();
        Source source = Source.of(task);
        KnownTask before = source.task(known, account.account(), task.id());
        TaskChange change = source.comparison(known, account.account()).compare(before, observed);
        if (!change.changed()) {
            return Decision.NOTHING;
        }
        KnownAttempts open = OpenAttempts.of(known, account.account(), task.id());
        KnownAttempts attempts = open;
        List<Event> events = new ArrayList<>();
        for (Ended ended : change.publishable()) {
            EndedTurn turn = new EndedTurn(account, observed, ended);
            events.add(turns.of(turn));
            attempts = change.isFirstEnd(ended) ? OpenAttempts.begin(attempts, turn) : attempts;
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
}
