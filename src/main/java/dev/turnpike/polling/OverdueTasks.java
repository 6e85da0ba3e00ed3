package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.comparison.KnownRecords;
import dev.turnpike.comparison.TaskComparison;
import dev.turnpike.publishing.TaskProposal;
import dev.turnpike.shard.KnownState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.ExchangeProperty;

/**
 * Known tasks that the list alone does not finish: turns that wait for their details, turns that are still to be read,
 * and open tasks that have gone out of the list's sight. They are asked for by their id, a few at a time, longest unseen
 * first.
 */
public final class OverdueTasks {
    private static final int AT_ONCE = 10;

    private final Duration askAfter;

    /** @param askAfter how long an open task may be out of sight */
    public OverdueTasks(Duration askAfter) {
        this.askAfter = askAfter;
    }

    /** What the state says of an account's tasks after a walk. */
    record Survey(boolean active, List<TaskFinding> overdue) {
        Survey {
            overdue = List.copyOf(overdue);
        }
    }

    /** Whether a task of the account runs or is unfinished: then it is polled in the active rhythm. */
    public boolean active(@ExchangeProperty("walk") Walk walk) {
        return walk.account().shard().read(known -> survey(walk, known)).active();
    }

    /** The tasks to ask for now. */
    public List<TaskFinding> due(@ExchangeProperty("walk") Walk walk) {
        if (!walk.isFetching()) {
            return List.of();
        }
        List<TaskFinding> due =
                walk.account().shard().read(known -> survey(walk, known)).overdue();
        due.forEach(finding -> walk.asked(finding.taskId()));
        return due;
    }

    private Survey survey(Walk walk, KnownState known) {
        String account = walk.account().id();
        String prefix = KnownRecords.taskPrefix(account);
        Set<String> lively = new HashSet<>();
        List<String> overdue = new ArrayList<>();
        known.keys(prefix).forEach(key -> {
            Liveliness liveliness = Liveliness.of(known.get(key).orElseThrow());
            String taskId = key.substring(prefix.length());
            if (liveliness != Liveliness.AT_REST) {
                lively.add(taskId);
                if (!walk.hasSeen(taskId) && isDue(walk, taskId, liveliness)) {
                    overdue.add(taskId);
                }
            }
        });
        walk.rememberOnly(lively);
        TaskComparison comparison = TaskProposal.comparison(known, account);
        List<TaskFinding> due = overdue.stream()
                .sorted(Comparator.comparing(walk::lastSeen))
                .limit(AT_ONCE)
                .map(id -> TaskFinding.asked(walk, comparison, TaskProposal.knownTask(known, account, id), id))
                .toList();
        return new Survey(!lively.isEmpty(), due);
    }

    private boolean isDue(Walk walk, String taskId, Liveliness liveliness) {
        Instant lastSeen = walk.lastSeen(taskId);
        return liveliness == Liveliness.UNFINISHED || lastSeen.plus(askAfter).isBefore(walk.begun());
    }

    /** What a task's record says at a glance, without decoding all of it: there may be very many. */
    private enum Liveliness {
        AT_REST,
        OPEN,
        UNFINISHED;

        static Liveliness of(JsonNode record) {
            if (record.path("turnsDue").asBoolean()) {
                return UNFINISHED;
            }
            Liveliness most = AT_REST;
            for (JsonNode turn : record.path("turns")) {
                if (!turn.path("waiting").isEmpty()) {
                    return UNFINISHED;
                }
                if (turn.path("open").asBoolean()) {
                    most = OPEN;
                }
            }
            return most;
        }
    }
}
