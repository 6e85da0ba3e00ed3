package dev.turnpike.scan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.TaskDetailsReader;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.codex.TurnMapReader;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.comparison.KnownTask;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.Observation.DetailsOutcome;
import dev.turnpike.comparison.Observation.DetailsOutcome.Status;
import dev.turnpike.comparison.TaskChange.Ended;
import dev.turnpike.comparison.TurnChain;

/**
 * A task of Legacy Codex Cloud in one poll. The list shows only the latest turn, so the others are fetched, and the content
 * of those that ended. The task is compared anew after each reply, so that only calls that are still needed are made.
 */
final class LegacyUpdate extends TaskUpdate {
    private final TurnMapReader turnsReader;
    /** Null while they were not read. */
    private TaskDetails details;

    private boolean turnsRead;

    LegacyUpdate(TaskScan scan, String taskId, KnownTask known) {
        super(scan, taskId, known);
        this.turnsReader = new TurnMapReader(drift);
    }

    @Override
    void makeCalls() {
        if (observed == null) {
            readDetails();
            if (details == null) {
                // one 404 is enough only if nothing of the task is expected
                boolean missing = failure != null && failure.kind() == Kind.NOT_FOUND;
                boolean idle = known == null || known.isIdle();
                unseen(isMissingForGood() || (missing && idle), failure != null && failure.isRefusal());
                return;
            }
            see(Observation.ofDetails(details.task(), scan.begun));
        }
        if (change.turnsNeeded()) {
            readTurns();
        }
        if (!change.detailsWanted().isEmpty()) {
            readContent();
        }
        if (observed.turns() != null) {
            // updates wait for a transaction by the hundred: the texts of turns that are not needed must not
            observed = observed.withTurns(observed.turns().withoutContent());
        }
    }

    private void readDetails() {
        if (details == null && scan.calls.mayCall()) {
            try {
                details = new TaskDetailsReader(drift).read(read("tasks", taskId), taskId);
            } catch (UpstreamException e) {
                failed(e);
            }
        }
    }

    private void readTurns() {
        if (turnsRead || observed.turns() != null || !scan.calls.mayCall()) {
            return;
        }
        turnsRead = true;
        try {
            see(observed.withTurns(turns()));
        } catch (UpstreamException e) {
            failed(e);
        }
    }

    /** A 404 may mean that upstream has no mapping; then the turns are followed back one by one. */
    private TurnMap turns() {
        JsonNode reply = find("tasks", taskId, "turns");
        if (reply != null) {
            TurnMap all = turnsReader.read(reply);
            scan.memory.deferrals.succeeded(hiddenTurns());
            return all;
        }
        drift.seen("missing:turns-endpoint");
        String latest = observed.task().latest().id();
        if (latest == null) {
            // upstream's list does not name it, the details may
            readDetails();
            if (details == null) {
                throw failure == null ? UpstreamException.malformed("the latest turn is not named") : failure;
            }
        }
        TurnMap followed = new TurnChain(latest, known, details).followed(this::readTurn);
        return followed.cut() && !mayPass() ? new TurnMap(null, followed.turns()) : followed;
    }

    /** Null if upstream does not show it. */
    private Turn readTurn(String turnId) {
        JsonNode reply = find("tasks", taskId, "turns", turnId);
        if (reply == null) {
            drift.seen("missing:turn-endpoint");
            return null;
        }
        return turnsReader.readTurn(reply);
    }

    /** Whether upstream may show the turns later: what it shows now is published, and they are fetched after a pause. */
    private boolean mayPass() {
        Deferrals deferrals = scan.memory.deferrals;
        if (deferrals.isMissingWithOneMore(hiddenTurns())) {
            deferrals.succeeded(hiddenTurns());
            return false;
        }
        UpstreamException missing = new UpstreamException(Kind.NOT_FOUND, 404, null, "no turn is shown", null);
        deferrals.failed(hiddenTurns(), missing, scan.begun);
        // not the 404 itself, which would count against the task
        failure = UpstreamException.malformed("upstream shows neither all turns nor each");
        return true;
    }

    /** A 404 for its turns is none for the task. */
    private String hiddenTurns() {
        return taskId + "/turns";
    }

    /** The details hold the current turn; of one that was followed up since only the mapping has the content. */
    private void readContent() {
        UpstreamException before = failure;
        failure = null;
        readDetails();
        if (details != null) {
            takeContent();
            if (change.detailsWanted().stream().anyMatch(ended -> details.turn(ended.turnId()) == null)) {
                readTurns();
                takeContent();
            }
            if (failure == null && !change.detailsWanted().isEmpty()) {
                failure = UpstreamException.malformed("upstream does not show the content of an ended turn");
            }
        }
        if (countsAsTry()) {
            without(failure.isRefusal() ? Status.REFUSED : Status.FAILED);
        }
        failure = failure == null ? before : failure;
    }

    private void takeContent() {
        for (Ended ended : change.detailsWanted()) {
            DetailsOutcome content = DetailsOutcome.of(ended.turnId(), details, observed.turns());
            if (content != null) {
                outcomes.put(ended.turnId(), content);
            }
        }
        see(observed);
    }
}
