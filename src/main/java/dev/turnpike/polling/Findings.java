package dev.turnpike.polling;

import dev.turnpike.codex.DriftObserver;
import dev.turnpike.comparison.Observation;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.TaskSnapshots;
import dev.turnpike.events.TurnEvents;
import dev.turnpike.polling.TaskUpdate.Absence;
import dev.turnpike.publishing.TaskProposal;
import dev.turnpike.publishing.UnseenTask;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What polls find out about tasks and threads, put to what is to be published; calls that failed defer their own task. */
public final class Findings {
    private static final Logger log = LoggerFactory.getLogger(Findings.class);

    /** After so many failures in a row, more than an hour after the first, a task whose turns stay unread is reported. */
    private static final int REPORTED = 12;

    final SideBySide calls;
    final TaskListener listener;
    private final TurnEvents turns;
    private final TaskSnapshots snapshots;
    private final DriftObserver drift;
    private final Clock clock;

    /** @param threads for calls side by side */
    public Findings(
            ExecutorService threads,
            TurnEvents turns,
            TaskSnapshots snapshots,
            TaskListener listener,
            DriftObserver drift,
            Clock clock) {
        this.calls = new SideBySide(threads);
        this.turns = turns;
        this.snapshots = snapshots;
        this.listener = listener;
        this.drift = drift;
        this.clock = clock;
    }

    /** Makes the calls about each task, a few side by side, and puts what they found to the scan in the tasks' order. */
    void fetch(PollScan scan, List<TaskUpdate> updates, UnaryOperator<TaskUpdate> complete) {
        int atOnce = scan.memory.concurrency(scan.settings.concurrency());
        fetched(scan, updates, calls.each(updates, atOnce, scan::isGoingOn, complete));
    }

    @SuppressWarnings("ReferenceEquality") // what there was no time for is handed back as it is
    private void fetched(PollScan scan, List<TaskUpdate> updates, List<TaskUpdate> fetched) {
        for (int i = 0; i < updates.size(); i++) {
            if (fetched.get(i) != updates.get(i)) {
                scan.memory.fetched(updates.get(i).taskId(), scan.begun);
                noteFailure(scan, fetched.get(i));
            }
        }
        propose(scan, fetched);
    }

    private void noteFailure(PollScan scan, TaskUpdate update) {
        Deferrals deferrals = scan.memory.deferrals;
        if (update.failure() == null) {
            deferrals.succeeded(update.taskId());
            return;
        }
        deferrals.failed(update.taskId(), update.failure(), scan.begun);
        int failures = deferrals.failures(update.taskId());
        boolean admitted = !update.failure().isTurnedAway() || scan.calls.wereMostlyAdmitted();
        scan.behind |= deferrals.isShort(update.taskId()) && admitted;
        boolean unread = update.change() != null && update.change().turnsNeeded();
        if (failures == REPORTED && unread) {
            drift.seen("unreadable:turns");
        }
        if (failures >= REPORTED || failures == 1) {
            log.warn(
                    "Calls for task failed, retrying later account={} kind={} task={} failures={} reason={}",
                    scan.account.id(),
                    scan.account.kind().word(),
                    update.taskId(),
                    failures,
                    update.failure().getMessage());
        }
    }

    /** Puts what was seen, and what turned out to be gone, to what is to be published. */
    void propose(PollScan scan, List<TaskUpdate> updates) {
        Identity account = scan.account.identity();
        List<Observation> seen = new ArrayList<>();
        for (TaskUpdate update : updates) {
            if (update.observed() != null) {
                scan.proposals.add(new TaskProposal(account, update.observed(), turns, snapshots));
                seen.add(update.observed());
            } else if (update.absence() != Absence.NONE) {
                Instant now = clock.instant();
                boolean gone = update.absence() == Absence.GONE;
                // of a thread no other reply than its absence says that it will not be shown
                boolean refused = scan.account.kind() == PollKind.THREADS
                        ? gone
                        : update.failure().isRefusal();
                scan.proposals.add(
                        new UnseenTask(scan.account.source(), account, update.taskId(), gone, refused, turns, now));
                if (gone) {
                    scan.proposals.addAll(listener.gone(account, update.taskId(), now));
                }
            }
        }
        if (!seen.isEmpty()) {
            scan.proposals.addAll(listener.saw(account, seen));
        }
    }

    /** A task that has not changed is proposed without news to listeners. */
    void proposeSilently(PollScan scan, Observation observed) {
        scan.proposals.add(new TaskProposal(scan.account.identity(), observed, turns, snapshots));
    }
}
