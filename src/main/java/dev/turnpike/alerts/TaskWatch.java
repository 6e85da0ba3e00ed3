package dev.turnpike.alerts;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.Observation.DetailsOutcome;
import java.time.Instant;
import java.util.Objects;

/**
 * Known state of a watched task: one whose latest turn runs, or whose list entry and details disagree.
 *
 * @param turnId the latest turn, null when upstream names none
 * @param listed its status by the list
 * @param updatedAt the task's time of change by the list, null when it was never listed with one
 * @param since when it last changed
 * @param stalledReported whether it was reported as stalled since then
 * @param shown its status by the turn itself, null while that was not read
 * @param conflictSince since when they disagree, null when they do not
 * @param conflictReported whether that was reported
 */
public record TaskWatch(
        String turnId,
        TurnStatus listed,
        Instant updatedAt,
        Instant since,
        @JsonProperty("stalledTold") boolean stalledReported,
        TurnStatus shown,
        Instant conflictSince,
        @JsonProperty("conflictTold") boolean conflictReported) {
    /**
     * After an observation of the task.
     *
     * @param known null when it was not watched
     * @return null when there is nothing left to watch
     */
    static TaskWatch next(TaskWatch known, Observation observed) {
        Task task = observed.task();
        Turn turn = turn(observed);
        TaskWatch same =
                known != null && Objects.equals(known.turnId(), task.latest().id()) ? known : null;
        boolean doubtful = same != null && same.conflictSince() != null;
        // a task fetched by id has no list entry: keep the last one while the contradiction lasts
        TurnStatus listed =
                !observed.listed() && doubtful ? same.listed() : task.latest().status();
        TurnStatus shown = null;
        if (turn != null) {
            shown = turn.status();
        } else if (!observed.listed() && doubtful) {
            shown = task.latest().status();
        } else if (same != null && same.listed() == listed) {
            shown = same.shown();
        }
        boolean conflict = shown != null && disagree(listed, shown);
        if (listed.isTerminal() && !conflict) {
            return null;
        }
        boolean changed = same == null
                || same.listed() != listed
                || (task.updatedAt() != null && !task.updatedAt().equals(same.updatedAt()));
        Instant since = changed ? changedAt(task, observed.at()) : same.since();
        if (turn != null && turn.lastEventAt() != null && turn.lastEventAt().isAfter(since)) {
            since = turn.lastEventAt();
        }
        boolean stands = same != null && since.equals(same.since());
        boolean sameConflict = conflict && same != null && same.conflictSince() != null;
        return new TaskWatch(
                task.latest().id(),
                listed,
                task.updatedAt() != null ? task.updatedAt() : same == null ? null : same.updatedAt(),
                since,
                stands && same.stalledReported(),
                shown,
                conflict ? (sameConflict ? same.conflictSince() : observed.at()) : null,
                sameConflict && same.conflictReported());
    }

    TaskWatch reported(boolean stalled, boolean conflict) {
        return new TaskWatch(
                turnId,
                listed,
                updatedAt,
                since,
                stalledReported || stalled,
                shown,
                conflictSince,
                conflictReported || conflict);
    }

    /** The latest turn as its own reply shows it; null when that was not read. */
    private static Turn turn(Observation observed) {
        String id = observed.task().latest().id();
        if (id == null) {
            return null;
        }
        DetailsOutcome details = observed.details().get(id);
        if (details != null && details.turn() != null) {
            return details.turn();
        }
        return observed.turns() == null ? null : observed.turns().turns().get(id);
    }

    private static Instant changedAt(Task task, Instant at) {
        return task.updatedAt() == null || task.updatedAt().isAfter(at) ? at : task.updatedAt();
    }

    /**
     * Whether they disagree about whether or how the turn ended; pending and in progress do not contradict each other.
     */
    private static boolean disagree(TurnStatus one, TurnStatus other) {
        return one != other && (one.isTerminal() || other.isTerminal());
    }
}
