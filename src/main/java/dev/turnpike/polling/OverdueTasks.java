package dev.turnpike.polling;

import dev.turnpike.comparison.Liveliness;
import dev.turnpike.comparison.TaskComparison;
import dev.turnpike.publishing.KnownRecords;
import dev.turnpike.publishing.TaskProposal;
import dev.turnpike.shard.KnownState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.camel.ExchangeProperty;

/**
 * Known tasks that the list alone does not finish: turns that wait for their details, turns that are still to be read,
 * and open tasks that have gone out of the list's sight. They are asked for by their id, a few at a time, longest unseen
 * first.
 */
public final class OverdueTasks {
    private static final int AT_ONCE = 10;

    private final Duration askAfter;
    private final Onlooker onlooker;

    /**
     * The question, with its patience.
     *
     * @param askAfter how long an open task may be out of sight
     */
    public OverdueTasks(Duration askAfter, Onlooker onlooker) {
        this.askAfter = askAfter;
        this.onlooker = onlooker;
    }

    /**
     * Whether a task of the account, or an attempt at one, runs or is unfinished: then it is polled in the active rhythm.
     */
    public boolean active(@ExchangeProperty("walk") Walk walk) {
        String account = walk.account().id();
        return walk.account()
                .shard()
                .read(known -> !KnownRecords.activeTasks(known, account).isEmpty()
                        || !KnownRecords.openAttempts(known, account).isEmpty());
    }

    /** The tasks to ask for now; none after a failure that the next call would meet as well. */
    public List<TaskFinding> due(@ExchangeProperty("walk") Walk walk) {
        if (!walk.calls().arePossible()) {
            return List.of();
        }
        Map<String, Liveliness> lively = walk.account().shard().read(known -> lively(walk, known));
        walk.foundLively(lively.keySet());
        List<String> overdue = lively.entrySet().stream()
                .filter(task -> isDue(walk, task.getKey(), task.getValue()))
                .map(Map.Entry::getKey)
                .sorted(Comparator.comparing(walk::lastSeen))
                .limit(AT_ONCE)
                .collect(Collectors.toCollection(ArrayList::new));
        walk
                .account()
                .shard()
                .read(known -> onlooker.doubtful(known, walk.account().id()))
                .stream()
                .filter(taskId -> !overdue.contains(taskId))
                .limit(AT_ONCE)
                .forEach(overdue::add);
        overdue.forEach(walk::asked);
        return overdue.isEmpty()
                ? List.of()
                : walk.account()
                        .shard()
                        .read(known -> overdue.stream()
                                .map(id -> finding(walk, known, id))
                                .toList());
    }

    private static TaskFinding finding(Walk walk, KnownState known, String taskId) {
        String account = walk.account().id();
        TaskComparison comparison = TaskProposal.comparison(known, account);
        return TaskFinding.asked(walk, comparison, TaskProposal.knownTask(known, account, taskId), taskId);
    }

    private static Map<String, Liveliness> lively(Walk walk, KnownState known) {
        Map<String, Liveliness> lively = new HashMap<>();
        KnownRecords.activeTasks(known, walk.account().id())
                .forEach((taskId, task) -> lively.put(taskId, Liveliness.of(task)));
        return lively;
    }

    private boolean isDue(Walk walk, String taskId, Liveliness liveliness) {
        if (walk.hasSeen(taskId)) {
            return false;
        }
        return liveliness == Liveliness.UNFINISHED
                || walk.lastSeen(taskId).plus(askAfter).isBefore(walk.begun());
    }
}
