package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.MalformedItemException;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskPage;
import dev.turnpike.codex.TaskReader;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.events.AttemptsEvents;
import dev.turnpike.shard.Proposal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The steps of a poll of an account's tasks, as {@code poll-tasks.camel.yaml} names them. */
public final class TaskPolls {
    private static final Logger log = LoggerFactory.getLogger(TaskPolls.class);

    private final ScanSettings settings;
    private final TaskReader reader;
    private final DriftObserver drift;
    private final TaskFetch fetch;
    private final Findings findings;
    private final DueTasks due;
    private final AttemptPolls attempts;
    private final Clock clock;

    /**
     * The steps.
     *
     * @param askAfter how long an open task may be out of the list's sight before it is asked for
     */
    public TaskPolls(
            ScanSettings settings,
            CodexClient codex,
            Duration askAfter,
            DriftObserver drift,
            Findings findings,
            AttemptsEvents attempts,
            Clock clock) {
        this.settings = settings;
        this.reader = new TaskReader(drift);
        this.drift = drift;
        this.fetch = new TaskFetch(codex, drift);
        this.findings = findings;
        this.due = new DueTasks(askAfter, findings.listener);
        this.attempts = new AttemptPolls(codex, findings, attempts, drift);
        this.clock = clock;
    }

    /** A scan for the account, with what is known of it. */
    public TaskScan begin(@ExchangeProperty("account") WatchedAccount account) {
        return new TaskScan(account, settings, findings, clock);
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
        reader.observe(reply);
        if (scan.known == null) {
            Instant newest = newest(page, date);
            scan.contact(date != null ? date : newest != null ? newest : scan.begun, newest);
        }
        scan.arrived(page, date == null ? clock.instant() : date);
        return page;
    }

    /** The largest time of the page that is not ahead of upstream's clock; null when it has none. */
    private Instant newest(TaskPage page, Instant date) {
        return page.items().stream()
                .map(this::read)
                .flatMap(Optional::stream)
                .map(Task::updatedAt)
                .filter(Objects::nonNull)
                .filter(time -> date == null || !time.isAfter(date.plus(TaskPages.OVERLAP)))
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
        TaskUpdate update =
                scan.observe(scan.account.known(task.get().id()), scan.memory.observed(task.get(), scan.begun));
        if (!update.isChanged()) {
            scan.unchanged.add(update.observed());
            return null;
        }
        return update;
    }

    /** A task of the page has changed. */
    public void changed(@Body TaskUpdate update, @ExchangeProperty("scan") TaskScan scan) {
        scan.changed.add(update);
    }

    /**
     * Has the calls made about what the list does not say of the page's changed tasks. It does not wait for them where
     * another page follows: that one is asked for meanwhile.
     */
    public void complete(@ExchangeProperty("scan") TaskScan scan) {
        for (TaskUpdate update : scan.changed) {
            if (update.needsCalls() && scan.memory.deferrals.failures(update.taskId()) == 0) {
                scan.fetches(update.taskId());
                fetch(scan, update);
                continue;
            }
            if (update.needsCalls()) {
                // its calls have failed before: they wait until what is new was published
                scan.postponed.put(update.taskId(), update);
            }
            scan.outstanding.then(() -> findings.found(scan, update));
        }
        scan.changed.clear();
        newsOfUnchanged(scan);
        scan.pages.done();
        findings.take(scan);
    }

    /** A task that has not changed can be news by that alone. */
    private void newsOfUnchanged(TaskScan scan) {
        if (!scan.unchanged.isEmpty()) {
            WatchedAccount account = scan.account;
            List<Proposal> proposals = findings.listener.saw(account.identity(), List.copyOf(scan.unchanged));
            scan.unchanged.clear();
            account.shard()
                    .read(state -> proposals.stream()
                            .filter(proposal -> !proposal.against(state).isNothing())
                            .toList())
                    .forEach(scan.proposals::add);
        }
    }

    /** A page could not be read: the scan says whether that is the whole poll's failure. */
    public void pageFailed(
            @ExchangeProperty("CamelExceptionCaught") Exception failure, @ExchangeProperty("scan") TaskScan scan) {
        scan.pageFailed(ObjectHelper.getException(UpstreamException.class, failure));
        findings.take(scan);
    }

    /** Asks about known tasks that the list does not finish, and then about the attempts at their requests. */
    public void knownTasks(@ExchangeProperty("scan") TaskScan scan) {
        due.of(scan).forEach(update -> fetch(scan, update));
        findings.take(scan);
    }

    /** Asks whether the other attempts at requests have ended whose first attempt has. */
    public void attempts(@ExchangeProperty("scan") TaskScan scan) {
        attempts.poll(scan);
    }

    /** What is new is published: older pages come last. */
    public void olderPages(@ExchangeProperty("scan") TaskScan scan) {
        scan.pages.beginOlder();
    }

    private void fetch(TaskScan scan, TaskUpdate update) {
        findings.fetch(scan, update, listed -> fetch.complete(scan, listed));
    }
}
