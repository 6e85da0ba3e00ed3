package dev.turnpike.polling;

import dev.turnpike.comparison.TaskKnown;
import dev.turnpike.comparison.TaskKnown.TaskActivity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Known tasks that the list alone does not finish: turns that wait for their content, turns that are still to be read,
 * open tasks that the list no longer shows, and turns that still run under a later one.
 */
final class DueTasks {
    private static final int OPEN_AT_ONCE = 10;
    private static final int INCOMPLETE_AT_ONCE = 200;

    private DueTasks() {}

    /** The tasks to ask about now, longest unseen first; none where no call may be made. */
    static List<TaskUpdate> of(TaskScan scan) {
        if (!scan.isGoingOn()) {
            return List.of();
        }
        Map<String, TaskKnown> active = scan.account.active();
        scan.memory.keepOnly(active.keySet());
        Set<String> due = new LinkedHashSet<>();
        scan.postponed.keySet().stream().filter(scan::mayFetch).forEach(due::add);
        add(due, scan, active, task -> TaskActivity.of(task.getValue()) == TaskActivity.INCOMPLETE, INCOMPLETE_AT_ONCE);
        add(due, scan, active, task -> isOpenAndDue(scan, task.getKey(), task.getValue()), OPEN_AT_ONCE);
        scan.source.doubtful().stream()
                .filter(scan::mayFetch)
                .limit(OPEN_AT_ONCE)
                .forEach(due::add);
        List<TaskUpdate> updates = new ArrayList<>();
        for (String taskId : due) {
            scan.fetches(taskId);
            TaskUpdate listed = scan.postponed.remove(taskId);
            updates.add(listed != null ? listed : TaskUpdate.unseen(known(scan, active, taskId), taskId));
        }
        return updates;
    }

    private static TaskKnown known(TaskScan scan, Map<String, TaskKnown> active, String taskId) {
        TaskKnown known = active.get(taskId);
        return known != null ? known : scan.account.known(taskId);
    }

    private static void add(
            Set<String> due,
            TaskScan scan,
            Map<String, TaskKnown> active,
            Predicate<Map.Entry<String, TaskKnown>> wanted,
            int most) {
        active.entrySet().stream()
                .filter(task -> scan.mayFetch(task.getKey()) && wanted.test(task))
                .map(Map.Entry::getKey)
                .sorted(Comparator.comparing(scan.memory::lastFetched))
                .limit(most)
                .forEach(due::add);
    }

    private static boolean isOpenAndDue(TaskScan scan, String taskId, TaskKnown task) {
        if (TaskActivity.of(task) != TaskActivity.OPEN) {
            return false;
        }
        // the list shows the latest turn: one that runs under it is asked for even while the task is listed
        boolean hidden = !scan.seen.contains(taskId) || task.hasOpenTurnBefore(task.latestTurnId());
        Instant last = scan.seen.contains(taskId) ? scan.memory.lastFetched(taskId) : scan.memory.lastSeen(taskId);
        Duration patience = scan.source.isOrdered() ? scan.settings.askAfter() : Duration.ZERO;
        return hidden && last.plus(patience).isBefore(scan.begun);
    }
}
