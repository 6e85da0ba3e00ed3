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

/**
 * Raises {@code task.stalled} for a task that has run for long without any change, and {@code task.status-conflict} for
 * one whose list entry and details have disagreed for long.
 */
public record TaskWatchProposal(Identity account, Observation observed, AlertRules rules, TaskLinks links)
        implements Proposal {
    /** The watched tasks, by task id. */
    public static final StateKind<TaskWatch> KIND = Episodes.kind("task|", TaskWatch.class, TaskWatch.VERSION);

    /** The watched threads, by thread id. */
    public static final StateKind<TaskWatch> THREADS = Episodes.kind("thread|", TaskWatch.class, TaskWatch.VERSION);

    private static final int NAME_BYTES = 256;

    /** Key of a watched task in the known state. */
    public static StateKey<TaskWatch> key(String account, String taskId) {
        return KIND.key(account, taskId);
    }

    /** The tasks whose details should be read again, since they disagree with the list and that was not reported yet. */
    public static List<String> doubtful(KnownState state, String account) {
        return state.active(KIND, account).entrySet().stream()
                .filter(watch -> watch.getValue().conflictSince() != null
                        && !watch.getValue().conflictReported())
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** Stops watching a task after upstream's 404 for it. */
    public static Proposal gone(String account, String taskId) {
        return Episodes.gone(key(account, taskId));
    }

    /** Stops watching a thread. */
    public static Proposal threadGone(String account, String threadId) {
        return Episodes.gone(THREADS.key(account, threadId));
    }

    @Override
    public Decision against(KnownState state) {
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
            events.add(stalled(next));
        }
        if (conflict) {
            events.add(conflict(next));
        }
        return Decision.change(key, known, next.reported(stalled, conflict), events);
    }

    private boolean lasts(Instant since, Duration least) {
        return Duration.between(since, observed.at()).compareTo(least) >= 0;
    }

    private Event stalled(TaskWatch watch) {
        EventData data = fields(watch)
                .text("status", watch.listed().word())
                .time("since", watch.since())
                .number("standing_seconds", Episodes.seconds(watch.since(), observed.at()));
        return alert("task.stalled", watch, watch.since(), data);
    }

    private Event conflict(TaskWatch watch) {
        EventData data = fields(watch)
                .text("listed_status", watch.listed().word())
                .text("shown_status", watch.shown().word())
                .time("since", watch.conflictSince())
                .number("lasting_seconds", Episodes.seconds(watch.conflictSince(), observed.at()));
        return alert("task.status-conflict", watch, watch.conflictSince(), data);
    }

    private EventData fields(TaskWatch watch) {
        Task task = observed.task();
        return Episodes.fields(account, task, watch.turnId(), links)
                .text("environment", task.environment(), NAME_BYTES)
                .text("repository", task.repository(), NAME_BYTES);
    }

    private Event alert(String type, TaskWatch watch, Instant since, EventData data) {
        String id = watch.turnId() == null ? since.toString() : watch.turnId() + ":" + since;
        return Episodes.alert(account, observed.task().id(), type, id, observed.at(), data.node());
    }
}
