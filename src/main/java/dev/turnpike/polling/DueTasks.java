package dev.turnpike.polling;

import dev.turnpike.comparison.TaskActivity;
import dev.turnpike.comparison.TaskKnown;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Known tasks that the list alone does not finish: turns that wait for their content, turns that are still to be read,
 * open tasks that the list no longer shows, and turns that still run under a later one.
 */
final class DueTasks {
    private static final int OPEN_AT_ONCE = 10;
    private static final int INCOMPLETE_AT_ONCE = 200;

    private final Duration askAfter;
    private final TaskListener listener;

    /**
     * The question, with its patience.
     *
     * @param askAfter how long an open task may be out of sight
     */
    DueTasks(Duration askAfter, TaskListener listener) {
        this.askAfter = askAfter;
        this.listener = listener;
    }

    /** The tasks to ask about now, longest unseen first; none where no call may be made. */
    List<TaskUpdate> of(TaskScan scan) {
        if (!scan.isGoingOn()) {
            return List.of();
        }
        KnownTasks known = scan.account().known();
        Map<String, TaskActivity> active = known.active();
        Set<String> due = new LinkedHashSet<>();
        due.addAll(longestUnseen(scan, active, TaskActivity.INCOMPLETE, INCOMPLETE_AT_ONCE));
        due.addAll(longestUnseen(scan, active, TaskActivity.OPEN, OPEN_AT_ONCE));
        scan.foundUnfinished(active.keySet());
        scan.account()
                .shard()
                .read(state -> listener.doubtful(state, scan.account().id()))
                .stream()
                .filter(scan::mayFetch)
                .limit(OPEN_AT_ONCE)
                .forEach(due::add);
        List<TaskUpdate> updates = new ArrayList<>();
        for (String taskId : due) {
            scan.fetches(taskId);
            TaskUpdate listed = scan.postponed(taskId);
            updates.add(listed != null ? listed : TaskUpdate.unseen(known.task(taskId), taskId));
        }
        return updates;
    }

    private List<String> longestUnseen(
            TaskScan scan, Map<String, TaskActivity> active, TaskActivity wanted, int most) {
        return active.entrySet().stream()
                .filter(task -> task.getValue() == wanted && scan.mayFetch(task.getKey()))
                .map(Map.Entry::getKey)
                .filter(taskId -> wanted == TaskActivity.INCOMPLETE || isOpenAndDue(scan, taskId))
                .sorted(Comparator.comparing(scan::lastFetched))
                .limit(most)
                .collect(Collectors.toList());
    }

    private boolean isOpenAndDue(TaskScan scan, String taskId) {
        if (!scan.hasSeen(taskId)) {
            return scan.lastSeen(taskId).plus(askAfter).isBefore(scan.begun());
        }
        if (!scan.lastFetched(taskId).plus(askAfter).isBefore(scan.begun())) {
            return false;
        }
        TaskKnown task = scan.account().known().task(taskId);
        return task != null && task.hasOpenTurnBefore(task.latestTurnId());
    }
}
