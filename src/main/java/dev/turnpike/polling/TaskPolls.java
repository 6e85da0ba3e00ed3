package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.MalformedItemException;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskPage;
import dev.turnpike.codex.TaskReader;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.comparison.Observation;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.TaskSnapshots;
import dev.turnpike.events.TurnEvents;
import dev.turnpike.polling.TaskUpdate.Absence;
import dev.turnpike.publishing.AccountProposal;
import dev.turnpike.publishing.TaskProposal;
import dev.turnpike.publishing.UnseenTask;
import dev.turnpike.shard.Proposal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of a poll of an account's tasks, as {@code poll-tasks.camel.yaml} names them. */
public final class TaskPolls {
    private static final Logger log = LoggerFactory.getLogger(TaskPolls.class);

    /** After so many failures in a row, more than an hour after the first, a task whose turns stay unread is reported. */
    private static final int REPORTED = 12;

    private final ScanSettings settings;
    private final TaskReader reader;
    private final DriftObserver drift;
    private final TaskFetch fetch;
    private final SideBySide calls;
    private final TurnEvents turns;
    private final TaskSnapshots snapshots;
    private final TaskListener listener;
    private final DueTasks due;
    private final AttemptPolls attempts;
    private final Clock clock;

    /**
     * The steps.
     *
     * @param threads for calls side by side
     * @param askAfter how long an open task may be out of the list's sight before it is asked for
     */
    public TaskPolls(
            ScanSettings settings,
            CodexClient codex,
            ExecutorService threads,
            Duration askAfter,
            DriftObserver drift,
            PollEvents events,
            TaskListener listener,
            Clock clock) {
        this.settings = settings;
        this.reader = new TaskReader(drift);
        this.drift = drift;
        this.fetch = new TaskFetch(codex, drift);
        this.calls = new SideBySide(threads);
        this.turns = events.turns();
        this.snapshots = events.snapshots();
        this.listener = listener;
        this.due = new DueTasks(askAfter, listener);
        this.attempts = new AttemptPolls(codex, calls, events.attempts(), drift);
        this.clock = clock;
    }

    /** A scan for the account, with what is known of it; reads the shard's state first where that is still to be done. */
    public TaskScan begin(@ExchangeProperty("account") WatchedAccount account) {
        return new TaskScan(account, settings, account.known().contact(), clock);
    }

    /**
     * Takes a page in. At first contact the baseline is committed before anything else is done.
     *
     * @param date upstream's clock when it sent the page, null when it did not say
     */
    public TaskPage arrived(
            @Body JsonNode reply,
            @ExchangeProperty("scan") TaskScan scan,
            @ExchangeProperty("codexDate") Instant date) {
        TaskPage page = TaskPage.of(reply);
        reader.observe(page);
        if (scan.isFirstContact()) {
            contact(scan, page, date);
        }
        scan.arrived(page, date == null ? clock.instant() : date);
        return page;
    }

    private void contact(TaskScan scan, TaskPage page, Instant date) {
        Instant newest = newest(page, date);
        Instant baseline = date != null ? date : newest != null ? newest : scan.begun();
        WatchedAccount account = scan.account();
        AccountKnown first = AccountKnown.firstContact(baseline, settings.fromBeginning(), newest);
        account.shard().publish(List.of(AccountProposal.firstContact(account.id(), first)));
        scan.contacted(account.known().contact());
        log.info(
                "First contact account={} baseline={} startFrom={}",
                account.id(),
                baseline,
                settings.fromBeginning() ? "beginning" : "now");
    }

    /** The largest time of the page that is not ahead of upstream's clock; null when it has none. */
    private Instant newest(TaskPage page, Instant date) {
        return page.items().stream()
                .map(this::read)
                .flatMap(Optional::stream)
                .map(Task::updatedAt)
                .filter(Objects::nonNull)
                .filter(time -> date == null || !time.isAfter(date.plus(TaskScan.OVERLAP)))
                .max(Instant::compareTo)
                .orElse(null);
    }

    private Optional<Task> read(JsonNode item) {
        try {
            return Optional.of(reader.read(item));
        } catch (MalformedItemException e) {
            drift.seen("malformed-item");
            log.debug("Skipped malformed item of task list reason={}", e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Compares one item of a page with what is known of its task.
     *
     * @return null where nothing has changed, and for an item that cannot be read: it is counted, and the others go on
     */
    public TaskUpdate compare(@Body JsonNode item, @ExchangeProperty("scan") TaskScan scan) {
        Optional<Task> task = read(item);
        if (task.isEmpty()) {
            scan.sawMalformed(item);
            return null;
        }
        scan.saw(task.get());
        TaskUpdate update = scan.observe(
                scan.account().known().task(task.get().id()), Observation.ofListed(task.get(), scan.begun()));
        if (!update.isChanged()) {
            scan.unchanged(update.observed());
            return null;
        }
        return update;
    }

    /** A task of the page has changed. */
    public void changed(@Body TaskUpdate update, @ExchangeProperty("scan") TaskScan scan) {
        scan.changed(update);
    }

    /** Fetches what the list does not say about the page's changed tasks, and puts all of it to what is to be published. */
    public void complete(@ExchangeProperty("scan") TaskScan scan) {
        List<TaskUpdate> now = new ArrayList<>();
        List<TaskUpdate> asListed = new ArrayList<>();
        for (TaskUpdate update : scan.takeChanged()) {
            // one whose calls have failed before waits until what is new was published
            boolean fetched = update.needsCalls() && scan.deferrals().failures(update.taskId()) == 0;
            (fetched ? now : asListed).add(update);
        }
        asListed.stream().filter(TaskUpdate::needsCalls).forEach(scan::postpone);
        now.forEach(update -> scan.fetches(update.taskId()));
        propose(scan, asListed);
        fetch(scan, now);
        newsOfUnchanged(scan);
        scan.pageDone();
        scan.takeOddities().forEach(word -> odd(scan, word));
    }

    /** A task that has not changed can be news by that alone. */
    private void newsOfUnchanged(TaskScan scan) {
        List<Observation> unchanged = scan.takeUnchanged();
        if (!unchanged.isEmpty()) {
            WatchedAccount account = scan.account();
            List<Proposal> proposals = listener.saw(account.identity(), unchanged);
            account.shard()
                    .read(state -> proposals.stream()
                            .filter(proposal -> !proposal.against(state).isNothing())
                            .toList())
                    .forEach(scan::propose);
        }
    }

    private void odd(TaskScan scan, String word) {
        drift.seen(word);
        if (word.equals("history-incomplete")) {
            log.warn(
                    "History scan restarted too often, leaving the rest to the sweep of older pages" + " account={}",
                    scan.account().id());
        }
    }

    /** A page could not be read: the scan says whether that is the whole poll's failure. */
    public void pageFailed(
            @ExchangeProperty("CamelExceptionCaught") Exception failure, @ExchangeProperty("scan") TaskScan scan) {
        scan.pageFailed(UpstreamFailure.of(failure));
        scan.takeOddities().forEach(word -> odd(scan, word));
    }

    /** Asks about known tasks that the list does not finish, and then about the attempts at their requests. */
    public void knownTasks(@ExchangeProperty("scan") TaskScan scan) {
        fetch(scan, due.of(scan));
    }

    /** Asks whether the other attempts at requests have ended whose first attempt has. */
    public void attempts(@ExchangeProperty("scan") TaskScan scan) {
        attempts.poll(scan);
    }

    /** What is new is published: older pages come last. */
    public void olderPages(@ExchangeProperty("scan") TaskScan scan) {
        scan.beginOlderPages();
    }

    @SuppressWarnings("ReferenceEquality") // what there was no time for is handed back as it is
    private void fetch(TaskScan scan, List<TaskUpdate> updates) {
        List<TaskUpdate> fetched =
                calls.each(updates, scan.concurrency(), scan::isGoingOn, update -> fetch.complete(scan, update));
        for (int i = 0; i < updates.size(); i++) {
            if (fetched.get(i) != updates.get(i)) {
                scan.wasFetched(updates.get(i).taskId());
                noteFailure(scan, fetched.get(i));
            }
        }
        propose(scan, fetched);
    }

    private void noteFailure(TaskScan scan, TaskUpdate update) {
        if (update.failure() == null) {
            scan.deferrals().succeeded(update.taskId());
            return;
        }
        scan.deferrals().failed(update.taskId(), update.failure(), scan.begun());
        int failures = scan.deferrals().failures(update.taskId());
        boolean admitted = !update.failure().isTurnedAway() || scan.calls().wereMostlyAdmitted();
        if (scan.deferrals().isShort(update.taskId()) && admitted) {
            scan.followSoon();
        }
        boolean unread = update.change() != null && update.change().turnsNeeded();
        if (failures == REPORTED && unread) {
            drift.seen("unreadable:turns");
        }
        if (failures >= REPORTED || failures == 1) {
            log.warn(
                    "Calls for task failed, retrying later account={} task={} failures={} reason={}",
                    scan.account().id(),
                    update.taskId(),
                    failures,
                    update.failure().getMessage());
        }
    }

    private void propose(TaskScan scan, List<TaskUpdate> updates) {
        Identity account = scan.account().identity();
        List<Observation> seen = new ArrayList<>();
        for (TaskUpdate update : updates) {
            if (update.observed() != null) {
                scan.propose(new TaskProposal(account, update.observed(), turns, snapshots));
                seen.add(update.observed());
            } else if (update.absence() != Absence.NONE) {
                Instant now = clock.instant();
                boolean gone = update.absence() == Absence.GONE;
                scan.propose(new UnseenTask(
                        account, update.taskId(), gone, update.failure().isRefusal(), turns, now));
                if (gone) {
                    listener.gone(account, update.taskId(), now).forEach(scan::propose);
                }
            }
        }
        if (!seen.isEmpty()) {
            listener.saw(account, seen).forEach(scan::propose);
        }
    }

    /** What is to be published now, taken out of the scan. */
    public List<Proposal> takeProposals(@ExchangeProperty("scan") TaskScan scan) {
        return scan.takeProposals();
    }

    /** What was taken is published. */
    public void published(@ExchangeProperty("scan") TaskScan scan) {
        scan.published();
    }

    /**
     * The poll is over and what it found is published.
     *
     * @throws dev.turnpike.codex.UpstreamException when upstream has asked for a pause, or nothing was answered
     */
    public void finish(@ExchangeProperty("scan") TaskScan scan) {
        scan.finished();
        if (scan.calls().failure() != null) {
            throw scan.calls().failure();
        }
    }

    /** A poll broke off: what it found so far is published all the same, and only the watermark stays. */
    public void abort(@ExchangeProperty("scan") TaskScan scan) {
        if (scan == null) {
            return;
        }
        List<Proposal> proposals = scan.takeProposals();
        try {
            scan.account().shard().publish(proposals);
            scan.published();
        } catch (RuntimeException e) {
            // nothing is lost: the next scan finds it again
            log.warn(
                    "Failed to publish updates of an aborted poll, left to the next poll account={} proposals={} reason={}",
                    scan.account().id(),
                    proposals.size(),
                    e.getMessage());
        } finally {
            scan.failed();
        }
    }
}
