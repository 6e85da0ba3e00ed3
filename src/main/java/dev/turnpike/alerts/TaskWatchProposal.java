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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Raises {@code task.stalled} for a task that has run for long without any change, and {@code task.status-conflict} for
 * one whose list entry and details have disagreed for long.
 */
public record TaskWatchProposal(Identity account, Observation observed, AlertRules rules, TaskLinks links)
        implements Proposal {
    /** The watched tasks, by task id. */
    public static final StateKind<TaskWatch> KIND = Episodes.kind("task|", TaskWatch.class);

    /** The watched threads, by thread id. */
    public static final StateKind<TaskWatch> THREADS = Episodes.kind("thread|", TaskWatch.class);

    private static final int NAME_BYTES = 256;

    /** The tasks whose details should be read again, since they disagree with the list and that was not reported yet. */
    public static List<String> conflicting(KnownState state, String account) {
        return state.active(KIND, account).entrySet().stream()
                .filter(watch -> watch.getValue().conflictSince() != null
                        && !watch.getValue().conflictReported())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** Stops watching a task after upstream's 404 for it. */
    public static Proposal gone(String account, String taskId) {
        return Episodes.gone(KIND.key(account, taskId));
    }

    /** Stops watching a thread. */
    public static Proposal threadGone(String account, String threadId) {
        return Episodes.gone(THREADS.key(account, threadId));
    }

    @Override
    public Decision decide(KnownState state) {
        Task task = observed.task();
        StateKey<TaskWatch> key = (task.isThread() ? THREADS : KIND).key(account.account(), task.id());
        TaskWatch known = state.get(key).orElse(null);
        TaskWatch next = TaskWatch.next(known, observed);
        if (next == null) {
            return Decision.change(key, known, null, List.of());
        }
        boolean stalled =
                !next.stalledReported() && !next.listed().isTerminal() && lasts(next.since(), rules.stalledAfter());
        boolean conflict = !next.conflictReported()
                && next.conflictSince() != null
                && lasts(next.conflictSince(), rules.conflictAfter());
        List<Event> events = new ArrayList<>();
        if (stalled) {
            events.add(alert(
                    "task.stalled",
                    next,
                    next.since(),
                    "standing_seconds",
                    data -> data.text("status", next.listed().label())));
        }
        if (conflict) {
            events.add(alert(
                    "task.status-conflict",
                    next,
                    next.conflictSince(),
                    "lasting_seconds",
                    data -> data.text("listed_status", next.listed().label())
                            .text("shown_status", next.shown().label())));
        }
        return Decision.change(key, known, next.reported(stalled, conflict), events);
    }

    private boolean lasts(Instant since, Duration least) {
        return Duration.between(since, observed.at()).compareTo(least) >= 0;
    }

    private Event alert(
            String type, TaskWatch watch, Instant since, String secondsField, UnaryOperator<EventData> statuses) {
        Task task = observed.task();
        EventData data = Episodes.fields(account, task, watch.turnId(), links)
                .text("environment", task.environment(), NAME_BYTES)
                .text("repository", task.repository(), NAME_BYTES);
        statuses.apply(data).time("since", since).number(secondsField, Episodes.seconds(since, observed.at()));
        String id = watch.turnId() == null ? since.toString() : watch.turnId() + ":" + since;
        return Episodes.alert(account, task.id(), type, id, observed.at(), data.node());
    }
}
