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

    /** So many updates may wait for a slow call about one before them. */
    private static final int MOST_WAITING = 60;

    final ExecutorService threads;
    final TaskListener listener;
    final DriftObserver drift;
    private final TurnEvents turns;
    private final TaskSnapshots snapshots;
    private final Clock clock;

    /** @param threads for calls side by side */
    public Findings(
            ExecutorService threads,
            TurnEvents turns,
            TaskSnapshots snapshots,
            TaskListener listener,
            DriftObserver drift,
            Clock clock) {
        this.threads = threads;
        this.turns = turns;
        this.snapshots = snapshots;
        this.listener = listener;
        this.drift = drift;
        this.clock = clock;
    }

    /** Has the calls about a task made; what they find comes after what was found about the tasks before it. */
    void fetch(PollScan scan, TaskUpdate update, UnaryOperator<TaskUpdate> complete) {
        scan.outstanding.add(() -> {
            if (!scan.isGoingOn()) {
                return () -> found(scan, update);
            }
            TaskUpdate completed = complete.apply(update);
            return () -> fetched(scan, update, completed);
        });
    }

    /** Takes what was found so far; where no page follows, waits for the rest of it. */
    void take(PollScan scan) {
        scan.outstanding.take(scan.isMore() ? MOST_WAITING : 0);
        news(scan);
    }

    /** Takes what was found before a poll broke off. */
    boolean takeLast(PollScan scan) {
        boolean whole = scan.outstanding.end();
        news(scan);
        return whole;
    }

    private void news(PollScan scan) {
        if (!scan.sighted.isEmpty()) {
            scan.proposals.addAll(listener.saw(scan.account.identity(), List.copyOf(scan.sighted)));
            scan.sighted.clear();
        }
    }

    @SuppressWarnings("ReferenceEquality") // one for which there was no call is handed back as it is
    private void fetched(PollScan scan, TaskUpdate asked, TaskUpdate completed) {
        if (completed != asked) {
            scan.memory.fetched(completed.taskId(), scan.begun);
            noteFailure(scan, completed);
        }
        found(scan, completed);
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

    /** Puts what was seen of a task, or that it is gone, to what is to be published. */
    void found(PollScan scan, TaskUpdate update) {
        Identity account = scan.account.identity();
        if (update.observed() != null) {
            scan.proposals.add(new TaskProposal(account, update.observed(), turns, snapshots));
            scan.sighted.add(update.observed());
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

    /** A task that has not changed is proposed without news to listeners. */
    void proposeSilently(PollScan scan, Observation observed) {
        scan.proposals.add(new TaskProposal(scan.account.identity(), observed, turns, snapshots));
    }
}
