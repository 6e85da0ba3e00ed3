package dev.turnpike.polling;

import dev.turnpike.codex.UpstreamException;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.TaskChange;
import dev.turnpike.comparison.TaskKnown;

/**
 * A task or thread in one poll: what is known of it, what was seen, and what that adds.
 *
 * @param known null when it was never seen
 * @param observed null while it was not seen in this poll
 * @param change what was observed adds to what is known; null while nothing was compared
 * @param failure the last call about it that failed; null when none has
 * @param absence why it was not seen although it was asked for
 */
public record TaskUpdate(
        String taskId,
        TaskKnown known,
        Observation observed,
        TaskChange change,
        UpstreamException failure,
        Absence absence) {

    /** What became clear about a task that was asked for and not seen. */
    public enum Absence {
        /** It was seen, or not asked for yet, or the call counts for nothing. */
        NONE,
        /** Upstream no longer has it. */
        GONE,
        /** Upstream has answered that it does not show it. */
        REFUSED,
        /** The call failed. */
        FAILED
    }

    /** As the list shows it. */
    static TaskUpdate listed(TaskKnown known, Observation observed, TaskChange change) {
        return new TaskUpdate(observed.task().id(), known, observed, change, null, Absence.NONE);
    }

    /** One that is to be asked for by its id. */
    static TaskUpdate unseen(TaskKnown known, String taskId) {
        return new TaskUpdate(taskId, known, null, null, null, Absence.NONE);
    }

    /** After its calls. */
    TaskUpdate read(Observation seen, TaskChange adds, UpstreamException failed) {
        return new TaskUpdate(taskId, known, seen, adds, failed, Absence.NONE);
    }

    TaskUpdate unread(UpstreamException failed, Absence why) {
        return new TaskUpdate(taskId, known, null, null, failed, why);
    }

    /** Whether there is anything to fetch, to publish or to remember. */
    boolean isChanged() {
        return change == null || change.changed();
    }

    /** Whether the list alone does not say everything. */
    boolean needsCalls() {
        return change == null || change.turnsNeeded() || !change.detailsWanted().isEmpty();
    }
}
