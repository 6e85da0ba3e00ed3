package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.Observation.DetailsOutcome;
import dev.turnpike.comparison.TaskChange;
import dev.turnpike.comparison.TaskChange.Ended;
import dev.turnpike.comparison.TaskKnown;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One task in one poll: its known state, what was observed, and the difference. Its calls are made by one thread, with nothing
 * else accessing it meanwhile.
 */
public abstract class TaskUpdate {

    /**
     * A task was asked for and not seen, and that used up a try.
     *
     * @param gone whether upstream no longer has it
     * @param refused whether upstream has answered that it does not show it; otherwise the call failed
     */
    record Absence(boolean gone, boolean refused) {}

    final TaskScan scan;
    final String taskId;
    /** Null when it was never seen. */
    final TaskKnown known;
    /** By turn id, for the ended turns that were asked for. */
    final Map<String, DetailsOutcome> outcomes = new LinkedHashMap<>();
    /** Null while it was not seen in this poll. */
    Observation observed;
    /** What was observed adds to what is known; null while nothing was compared. */
    TaskChange change;
    /** The last call about it that failed; null when none has. */
    UpstreamException failure;
    /** Null where it was seen, was not asked for, or the call counts for nothing. */
    Absence absence;
    /** Whether a call about it was made. */
    boolean asked;

    TaskUpdate(TaskScan scan, String taskId, TaskKnown known) {
        this.scan = scan;
        this.taskId = taskId;
        this.known = known;
    }

    /** Asks what the list does not say: afterwards this is everything that can be learned about the task now. */
    abstract void complete();

    /** Whether the list alone does not say everything. */
    final boolean needsCalls() {
        return change == null || change.turnsNeeded() || !change.detailsWanted().isEmpty();
    }

    final void see(Observation next) {
        observed = next.withDetails(outcomes);
        change = scan.comparison.compare(known, observed);
        if (!scan.settings.details() && !change.detailsWanted().isEmpty()) {
            for (Ended ended : change.detailsWanted()) {
                outcomes.put(ended.turnId(), DetailsOutcome.without(DetailsOutcome.Word.NONE));
            }
            see(next);
        }
    }

    final JsonNode read(CodexRequest request) {
        asked = true;
        return scan.read(request);
    }

    final void failed(UpstreamException e) {
        if (e != failure) {
            scan.calls.failed(e);
            failure = e;
        }
    }

    /** It was not seen although it was asked for; a failure within seconds of another one says nothing more. */
    final void unseen(boolean gone, boolean refused) {
        if (countsAsTry()) {
            absence = new Absence(gone, refused);
        }
    }

    /** Whether the last failure uses up one of the few tries that there are. */
    final boolean countsAsTry() {
        return failure != null && scan.memory.deferrals.countsAsTry(taskId, failure, scan.begun);
    }

    /** Whether upstream answers 404 for it, and that leaves no doubt after those before. */
    final boolean isMissingForGood() {
        return failure != null
                && failure.kind() == Kind.NOT_FOUND
                && scan.memory.deferrals.isMissingWithOneMore(taskId);
    }
}
