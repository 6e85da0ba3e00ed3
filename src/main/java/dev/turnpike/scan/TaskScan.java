package dev.turnpike.scan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.MalformedItemException;
import dev.turnpike.codex.Page;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.comparison.KnownAccount;
import dev.turnpike.comparison.TaskComparison;
import dev.turnpike.polling.Poll;
import dev.turnpike.polling.PollKind;
import dev.turnpike.polling.PollSchedule.Next;
import dev.turnpike.polling.WatchedAccount;
import dev.turnpike.publishing.AccountProposal;
import dev.turnpike.scan.TaskPolls.ScanSettings;
import dev.turnpike.shard.Proposal;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One poll of an account's tasks. Its methods are the steps of {@code poll-tasks.camel.yaml}, in their order: page after
 * page is compared with what is known, then single tasks are fetched by id, older pages come last. What was found is published
 * in between; the watermark moves with it once all that is new was read.
 */
public final class TaskScan implements Poll {
    private static final Logger log = LoggerFactory.getLogger(TaskScan.class);

    final WatchedAccount account;
    final TaskPolls context;
    final ScanSettings settings;
    final Instant begun;
    final ScanMemory memory;
    final PollCalls calls = new PollCalls();
    final TaskSource source;
    /** Which page is requested, and what it is read for. */
    final TaskPages pages;

    final Findings findings;
    /** The calls that it needs in addition to pages. */
    final DueTasks due;

    /** As it was when the poll began, or committed at first contact; null before that. */
    volatile KnownAccount known;
    /** By upstream's clock, when it sent the last page. */
    volatile Instant upstreamTime;
    /** Whether the last page was read. */
    boolean over;

    /** Whether a call failed that is to be repeated soon. */
    private boolean behind;

    private boolean published;
    private final Set<String> reportedDrift = new HashSet<>();

    /** A poll that is due now, with what is known of the account. */
    TaskScan(WatchedAccount account, TaskPolls context) {
        this.account = account;
        this.context = context;
        this.settings = context.settings();
        this.begun = context.clock().instant();
        this.memory = context.memories().of(account, begun);
        this.source = account.kind() == PollKind.THREADS ? new CloudThreads(this) : new LegacyTasks(this);
        this.pages = new TaskPages(this);
        this.findings = new Findings(this);
        this.due = new DueTasks(this);
        this.known = account.knownAccount();
    }

    /** Whether another page is to be requested. */
    public boolean isMore() {
        return !over && calls.mayCall();
    }

    /** The call for the next page. */
    public CodexRequest getPageRequest() {
        String cursor = pages.cursor();
        return cursor == null ? source.list() : source.list().with("cursor", cursor);
    }

    /**
     * A page arrived. At first contact the baseline is committed before anything else is done.
     *
     * @param date upstream's clock when it sent the page, null when it did not say
     */
    Page arrived(JsonNode reply, Instant date) {
        Page page = source.page(reply);
        if (known == null) {
            commitBaseline(source.firstContact(page, date));
        }
        calls.succeeded();
        upstreamTime = date == null ? context.clock().instant() : date;
        pages.arrived(page.cursor());
        return page;
    }

    private void commitBaseline(KnownAccount first) {
        account.shard().publish(List.of(AccountProposal.firstContact(account.source(), account.id(), first)));
        known = account.knownAccount();
        log.info(
                "First contact account={} kind={} baseline={} startFrom={}",
                account.id(),
                account.kind().label(),
                first.baseline(),
                first.fromBeginning() ? "beginning" : "now");
    }

    /**
     * Compares one item of a page with what is known of its task.
     *
     * @return null if nothing has changed, and for an item that cannot be read: it is counted, and the others go on
     */
    TaskUpdate compare(JsonNode item) {
        try {
            return source.compare(item);
        } catch (MalformedItemException e) {
            context.drift().seen("malformed-item");
            log.debug("Skipped malformed item of a list reason={}", e.getMessage());
            pages.run().recordMalformed(item);
            return null;
        }
    }

    /** Schedules the calls for what the list does not show of a changed task. */
    void fetch(TaskUpdate update) {
        if (!update.needsCalls()) {
            findings.listed(update);
        } else if (memory.deferrals.failures(update.taskId) == 0) {
            due.willFetch(update.taskId);
            findings.fetch(update);
        } else {
            // its calls have failed before: they wait until what is new was published
            due.postpone(update);
            findings.listed(update);
        }
    }

    /** All items of the page were compared: what was found so far is collected, without waiting if another page follows. */
    void pageDone() {
        pages.done();
        findings.collect();
    }

    /**
     * A page could not be read. One whose failure may be transient is requested once more; a scan that has read
     * anything goes on there in the next poll.
     *
     * @throws UpstreamException the failure, if it ends the whole poll
     */
    void pageFailed(UpstreamException failure) {
        calls.failed(failure);
        pages.failed(failure);
        findings.collect();
    }

    /**
     * Whether what was found so far should be published: pages are put together into one transaction, but what the first
     * shows is published before others are read, what is new before older pages, and much at once.
     */
    public boolean isPublishDue() {
        return findings.isFull() || (!findings.isEmpty() && (over || pages.isFirst() || !source.isOrdered()));
    }

    /** Hands over what is to be published; if no page follows, all that this scan has found. */
    public List<Proposal> takeProposals() {
        findings.collect();
        return findings.handOver();
    }

    /** Fetches known tasks about which the list does not show everything. */
    void knownTasks() {
        due.tasks().forEach(findings::fetch);
    }

    /** Fetches the other attempts at requests whose first attempt has ended: the first one's event does not wait for them. */
    void attempts() {
        due.attempts().forEach(findings::fetch);
    }

    /** What is new is published: older pages come last. */
    void olderPages() {
        pages.beginOlderPages();
    }

    @Override
    public void finish() {
        published = true;
        pages.published();
        memory.called(calls.wasThrottled(), settings.concurrency());
        if (calls.failure() != null) {
            throw calls.failure();
        }
    }

    @Override
    public void abort() {
        if (!published) {
            memory.called(calls.wasThrottled(), settings.concurrency());
            findings.abort();
            pages.abort();
        }
    }

    @Override
    public boolean isAnswered() {
        return calls.anySucceeded();
    }

    @Override
    public Next next() {
        if (calls.mayCall() && (pages.isInterrupted() || isOverBudget())) {
            return Next.AT_ONCE;
        }
        if (behind) {
            return Next.SOON;
        }
        boolean active = !account.active().isEmpty() || !source.openAttempts().isEmpty();
        return active ? Next.ACTIVE : Next.IDLE;
    }

    /** Whether the budget of this poll has time left for another call, and upstream has not asked for a pause. */
    boolean mayContinue() {
        return calls.mayCall() && !isOverBudget();
    }

    private boolean isOverBudget() {
        return !context.clock().instant().isBefore(begun.plus(settings.budget()));
    }

    TaskComparison comparison() {
        return new TaskComparison(known);
    }

    /** Whether a time has not come yet by upstream's own clock. */
    boolean isAhead(Instant time) {
        return time.isAfter(latest());
    }

    /** The latest time that upstream may show; later ones are errors. */
    Instant latest() {
        return upstreamTime.plus(TaskPages.OVERLAP);
    }

    /** A task of an ordered list. */
    void onListed(Task task) {
        memory.deferrals.recordSeen(task.id(), begun);
        pages.run().recordTask(task, due.firstSeen(task.id()), latest());
    }

    /** The failed call is repeated soon, while its pause is short and upstream does not throttle most calls. */
    void retrySoon(String id, UpstreamException failure) {
        behind |= memory.deferrals.isShort(id) && (!failure.isThrottled() || calls.isMostlyAdmitted());
    }

    /** Updates the account's record in the same transaction as what was found on the pages up to here, or a later one. */
    void updateAccount(UnaryOperator<KnownAccount> step) {
        findings.proposeLater(new AccountProposal(account.source(), account.id(), step));
    }

    /** Upstream's list is not as expected; each name counts once per scan. */
    void reportDrift(String name) {
        if (reportedDrift.add(name)) {
            context.drift().seen(name);
        }
    }
}
