package dev.turnpike.scan;

import dev.turnpike.comparison.KnownTask;
import dev.turnpike.comparison.KnownTask.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Selects the tasks and attempts a scan must fetch by id, least recently fetched first: turns that wait for their content, turns
 * that are still to be read, open tasks that the list no longer shows, turns that still run under a later one, and the attempts
 * at requests whose first attempt has ended.
 */
final class DueTasks {
    private static final int OPEN_AT_ONCE = 10;
    private static final int INCOMPLETE_AT_ONCE = 200;
    /** Attempts are fetched at least this often while they are waited for, regardless of call outcomes. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private final TaskScan scan;
    private final Deferrals deferrals;
    /** The ids of tasks that the list has shown in this scan. */
    private final Set<String> seen = new HashSet<>();
    /** The ids of tasks about which this scan has made calls. */
    private final Set<String> fetched = new HashSet<>();
    /** Tasks whose calls wait until what is new was published, as the list of this poll shows them. */
    private final Map<String, TaskUpdate> postponed = new HashMap<>();

    DueTasks(TaskScan scan) {
        this.scan = scan;
        this.deferrals = scan.memory.deferrals;
    }

    /**
     * The list shows a task.
     *
     * @return whether this is the first time in this scan
     */
    boolean firstSeen(String taskId) {
        return seen.add(taskId);
    }

    /** Calls about the task are to be made in this poll; it counts as seen. */
    void willFetch(String taskId) {
        fetched.add(taskId);
        deferrals.recordSeen(taskId, scan.begun);
    }

    void postpone(TaskUpdate update) {
        postponed.put(update.taskId, update);
    }

    /** The tasks to fetch now; none if no call may be made. */
    List<TaskUpdate> tasks() {
        Map<String, KnownTask> active = scan.account.active();
        Set<String> awaited = new HashSet<>(active.keySet());
        open().forEach(attempts -> awaited.add(attempts.id));
        deferrals.keepOnly(awaited, scan.begun);
        if (!scan.mayContinue()) {
            return List.of();
        }
        Set<String> due = new LinkedHashSet<>();
        postponed.keySet().stream().filter(this::mayFetch).forEach(due::add);
        of(active, KnownTask::needsCalls).limit(INCOMPLETE_AT_ONCE).forEach(due::add);
        of(active, task -> !task.needsCalls())
                .filter(taskId -> isHidden(taskId, active.get(taskId)))
                .limit(OPEN_AT_ONCE)
                .forEach(due::add);
        scan.source.conflicting().stream()
                .filter(this::mayFetch)
                .limit(OPEN_AT_ONCE)
                .forEach(due::add);
        return due.stream().map(taskId -> update(taskId, active.get(taskId))).toList();
    }

    /** Whether calls about the task may be made now, and were not made in this poll. */
    private boolean mayFetch(String taskId) {
        return !fetched.contains(taskId) && deferrals.isDue(taskId, scan.begun);
    }

    private Stream<String> of(Map<String, KnownTask> active, Predicate<KnownTask> which) {
        return active.keySet().stream()
                .filter(taskId -> mayFetch(taskId) && which.test(active.get(taskId)))
                .sorted(Comparator.comparing(deferrals::lastFetched));
    }

    /** The list shows the latest turn of a task: one that runs under it is fetched even while the task is listed. */
    private boolean isHidden(String taskId, KnownTask task) {
        boolean listed = seen.contains(taskId);
        Instant last = listed ? deferrals.lastFetched(taskId) : deferrals.lastSeen(taskId);
        Duration patience = scan.source.isOrdered() ? scan.settings.askAfter() : Duration.ZERO;
        return (!listed || task.hasOpenTurnBefore(task.latestTurnId()))
                && last.plus(patience).isBefore(scan.begun);
    }

    /** @param known null for a task that is idle, or was never seen */
    private TaskUpdate update(String taskId, KnownTask known) {
        willFetch(taskId);
        TaskUpdate listed = postponed.remove(taskId);
        return listed != null ? listed : scan.source.unseen(taskId, known != null ? known : scan.account.known(taskId));
    }

    /** The attempts to fetch now; none if no call may be made. */
    List<AttemptsUpdate> attempts() {
        if (!scan.mayContinue()) {
            return List.of();
        }
        return open().filter(this::isDue)
                .sorted(Comparator.comparing(attempts -> deferrals.lastFetched(attempts.id)))
                .limit(OPEN_AT_ONCE)
                .toList();
    }

    private Stream<AttemptsUpdate> open() {
        return scan.source.openAttempts().entrySet().stream()
                .flatMap(task -> task.getValue().requests().entrySet().stream()
                        .map(request -> new AttemptsUpdate(scan, task.getKey(), request.getKey(), request.getValue())));
    }

    /** After several failed lookups there is no hurry to repeat them. */
    private boolean isDue(AttemptsUpdate attempts) {
        boolean waitedFor = attempts.request.tries() < Waiting.TRIES
                && !scan.begun.isBefore(deferrals.lastFetched(attempts.id).plus(LONGEST_PAUSE));
        return waitedFor || deferrals.isDue(attempts.id, scan.begun);
    }
}
