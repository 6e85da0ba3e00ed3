package dev.turnpike.scan;

import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.comparison.KnownTask;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.Observation.DetailsOutcome;
import dev.turnpike.comparison.TaskChange;
import dev.turnpike.comparison.TaskChange.Ended;
import dev.turnpike.publishing.MissingTaskProposal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One task in one poll: its known state, what was observed, and the difference. Once its calls are made, this is everything
 * that can be learned about the task now.
 */
public abstract class TaskUpdate extends TaskCalls {
    private static final Logger log = LoggerFactory.getLogger(TaskUpdate.class);

    /** After so many failures in a row, more than an hour after the first, a task whose turns stay unread is reported. */
    private static final int REPORTED = 12;

    /** Null when it was never seen. */
    final KnownTask known;
    /** By turn id, for the ended turns whose details were fetched. */
    final Map<String, DetailsOutcome> outcomes = new LinkedHashMap<>();
    /** Null while it was not seen in this poll. */
    Observation observed;
    /** What was observed adds to what is known; null while nothing was compared. */
    TaskChange change;
    /** Null if it was seen, was not fetched, or the failure does not count as a try. */
    private MissingTaskProposal unseen;

    TaskUpdate(TaskScan scan, String taskId, KnownTask known) {
        super(scan, taskId, taskId);
        this.known = known;
    }

    /** Whether the list alone does not say everything. */
    final boolean needsCalls() {
        return change == null || change.turnsNeeded() || !change.detailsWanted().isEmpty();
    }

    final void see(Observation next) {
        observed = next.withDetails(outcomes);
        change = scan.comparison().compare(known, observed);
        if (!scan.settings.details() && !change.detailsWanted().isEmpty()) {
            without(DetailsOutcome.Status.NONE);
        }
    }

    /** The ended turns whose content is wanted still go without. */
    final void without(DetailsOutcome.Status status) {
        for (Ended ended : change.detailsWanted()) {
            outcomes.put(ended.turnId(), DetailsOutcome.without(status));
        }
        see(observed);
    }

    /**
     * It was fetched but not seen; a failure within seconds of another one does not count.
     *
     * @param gone whether upstream no longer has it
     * @param refused whether upstream has answered that it does not show it; otherwise the call failed
     */
    final void unseen(boolean gone, boolean refused) {
        if (countsAsTry()) {
            unseen = new MissingTaskProposal(
                    scan.account.source(),
                    scan.account.identity(),
                    taskId,
                    gone,
                    refused,
                    scan.context.turns(),
                    scan.context.clock().instant());
        }
    }

    /** Whether upstream answers 404 for it, and that leaves no doubt after those before. */
    final boolean isMissingForGood() {
        return failure != null
                && failure.kind() == Kind.NOT_FOUND
                && scan.memory.deferrals.isMissingWithOneMore(taskId);
    }

    @Override
    final void deferred() {
        int failures = scan.memory.deferrals.failures(taskId);
        scan.retrySoon(taskId, failure);
        if (failures == REPORTED && change != null && change.turnsNeeded()) {
            drift.seen("unreadable:turns");
        }
        if (failures >= REPORTED || failures == 1) {
            log.warn(
                    "Calls for task failed, retrying later account={} kind={} task={} failures={} reason={}",
                    scan.account.id(),
                    scan.account.kind().label(),
                    taskId,
                    failures,
                    failure.getMessage());
        }
    }

    @Override
    final void report() {
        if (observed != null) {
            scan.findings.changed(observed);
        } else if (unseen != null) {
            scan.findings.propose(unseen);
            if (unseen.gone()) {
                scan.context
                        .listener()
                        .onGone(scan.account.identity(), taskId, unseen.at())
                        .forEach(scan.findings::propose);
            }
        }
    }
}
