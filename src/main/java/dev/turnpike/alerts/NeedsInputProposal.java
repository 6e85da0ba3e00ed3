package dev.turnpike.alerts;

import dev.turnpike.codex.Task;
import dev.turnpike.comparison.Observation;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.Event;
import dev.turnpike.events.EventData;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.StateKey;
import dev.turnpike.shard.StateKind;
import java.time.Instant;
import java.util.List;

/**
 * Raises {@code task.needs-input} for a thread that waits for a person to approve or answer: once until it continues or
 * has another turn.
 */
public record NeedsInputProposal(Identity account, Observation observed, TaskLinks links) implements Proposal {
    /** The threads that wait, by thread id. */
    public static final StateKind<Waits> KIND = Episodes.kind("input|", Waits.class);

    /**
     * A thread that waits.
     *
     * @param turnId its latest turn, null when that is not known
     * @param since when it was first seen to wait
     */
    public record Waits(String turnId, Instant since) {
        private boolean isSameTurn(String other) {
            return turnId == null || other == null || turnId.equals(other);
        }
    }

    /** After upstream's 404 for a thread: it waits no longer. */
    public static Proposal gone(String account, String threadId) {
        return Episodes.gone(KIND.key(account, threadId));
    }

    @Override
    public Decision decide(KnownState state) {
        Task task = observed.task();
        StateKey<Waits> key = KIND.key(account.account(), task.id());
        Waits known = state.get(key).orElse(null);
        if (task.thread().waitsFor().isEmpty()) {
            return Decision.change(key, known, null, List.of());
        }
        String turnId = task.latest().id();
        if (known != null && known.isSameTurn(turnId)) {
            return Decision.NOTHING;
        }
        Waits waits = new Waits(turnId, observed.at());
        return Decision.change(key, known, waits, List.of(event(task, waits)));
    }

    private Event event(Task task, Waits waits) {
        EventData data = Episodes.fields(account, task, waits.turnId(), links)
                .time("since", waits.since())
                .waitsFor(task);
        return Episodes.alert(
                account, task.id(), "task.needs-input", waits.since().toString(), observed.at(), data.node());
    }
}
