package dev.turnpike.polling;

import dev.turnpike.comparison.AttemptsKnown;
import dev.turnpike.comparison.TaskKnown;
import dev.turnpike.comparison.TaskKnown.TaskActivity;
import dev.turnpike.comparison.TaskKnown.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The calls that a scan owes besides the pages of the list, longest unfetched first: turns that wait for their content, turns
 * that are still to be read, open tasks that the list no longer shows, turns that still run under a later one, and the attempts
 * at requests whose first attempt has ended.
 */
final class DueTasks {
    private static final int OPEN_AT_ONCE = 10;
    private static final int INCOMPLETE_AT_ONCE = 200;
    /** Somebody waits for attempts, whatever their calls came to. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private final TaskScan scan;
    private final Deferrals deferrals;
    private final Map<String, TaskKnown> active;
    private final List<AttemptsUpdate> open = new ArrayList<>();

    DueTasks(TaskScan scan) {
        this.scan = scan;
        this.deferrals = scan.memory.deferrals;
        this.active = scan.account.active();
        scan.source.openAttempts().forEach(this::open);
        Set<String> ids = new HashSet<>(active.keySet());
        open.forEach(attempts -> ids.add(attempts.id));
        deferrals.keepOnly(ids, scan.begun);
    }

    private void open(String taskId, AttemptsKnown attempts) {
        attempts.rounds().forEach((turnId, round) -> open.add(new AttemptsUpdate(scan, taskId, turnId, round)));
    }

    /** The tasks to ask about now; none where no call may be made. */
    List<TaskUpdate> tasks() {
        if (!scan.isGoingOn()) {
            return List.of();
        }
        Set<String> due = new LinkedHashSet<>(scan.postponed.keySet());
        active(TaskActivity.INCOMPLETE).limit(INCOMPLETE_AT_ONCE).forEach(due::add);
        active(TaskActivity.OPEN)
                .filter(taskId -> isHidden(taskId, active.get(taskId)))
                .limit(OPEN_AT_ONCE)
                .forEach(due::add);
        scan.source.doubtful().stream()
                .filter(scan::mayFetch)
                .limit(OPEN_AT_ONCE)
                .forEach(due::add);
        due.removeIf(taskId -> !scan.mayFetch(taskId));
        return due.stream().map(this::update).toList();
    }

    private Stream<String> active(TaskActivity activity) {
        return active.keySet().stream()
                .filter(taskId -> scan.mayFetch(taskId) && TaskActivity.of(active.get(taskId)) == activity)
                .sorted(Comparator.comparing(deferrals::lastAsked));
    }

    /** The list shows the latest turn of a task: one that runs under it is asked for even while the task is listed. */
    private boolean isHidden(String taskId, TaskKnown task) {
        boolean listed = scan.seen.contains(taskId);
        Instant last = listed ? deferrals.lastAsked(taskId) : deferrals.lastSeen(taskId);
        Duration patience = scan.source.isOrdered() ? scan.settings.askAfter() : Duration.ZERO;
        return (!listed || task.hasOpenTurnBefore(task.latestTurnId()))
                && last.plus(patience).isBefore(scan.begun);
    }

    private TaskUpdate update(String taskId) {
        scan.fetches(taskId);
        TaskUpdate listed = scan.postponed.remove(taskId);
        if (listed != null) {
            return listed;
        }
        TaskKnown known = active.get(taskId);
        return scan.source.unseen(taskId, known != null ? known : scan.account.known(taskId));
    }

    /** The attempts to ask for now; none where no call may be made. */
    List<AttemptsUpdate> attempts() {
        if (!scan.isGoingOn()) {
            return List.of();
        }
        return open.stream()
                .filter(this::isDue)
                .sorted(Comparator.comparing(attempts -> deferrals.lastAsked(attempts.id)))
                .limit(OPEN_AT_ONCE)
                .toList();
    }

    /** After several answers that upstream does not show them there is no hurry to ask again. */
    private boolean isDue(AttemptsUpdate attempts) {
        String turnId = attempts.id;
        boolean waitedFor = attempts.round.tries() < Waiting.TRIES
                && !scan.begun.isBefore(deferrals.lastAsked(turnId).plus(LONGEST_PAUSE));
        return waitedFor || deferrals.isDue(turnId, scan.begun);
    }
}
