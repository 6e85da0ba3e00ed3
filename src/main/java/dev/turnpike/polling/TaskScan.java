package dev.turnpike.polling;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.comparison.TaskComparison;
import dev.turnpike.polling.PollSchedule.Next;
import dev.turnpike.publishing.AccountProposal;
import dev.turnpike.shard.Proposal;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** One poll of an account's tasks: its calls, its time budget, the tasks it has seen, and how soon the next poll should follow. */
public final class TaskScan {
    private static final int LARGEST_BATCH = 200;

    final WatchedAccount account;
    final ScanContext context;
    final ScanSettings settings;
    final Instant begun;
    final ScanMemory memory;
    final PollCalls calls = new PollCalls();
    final TaskSource source;
    /** Which page is asked for, and what it is read for. */
    final TaskPages pages;

    final Findings findings;
    /** The ids that this scan has met. */
    final Set<String> seen = new HashSet<>();
    /** Tasks whose calls wait until what is new was published, as the list of this poll shows them. */
    final Map<String, TaskUpdate> postponed = new HashMap<>();
    /** Null before first contact. */
    AccountKnown known;

    volatile TaskComparison comparison;
    /** By upstream's clock, when it sent the last page. */
    volatile Instant upstreamTime;

    boolean over;
    /** Whether something failed that is to be asked again in a moment. */
    private boolean behind;

    private boolean published;
    private final Set<String> fetched = new HashSet<>();
    private final Set<String> oddities = new HashSet<>();

    TaskScan(WatchedAccount account, ScanContext context) {
        this.account = account;
        this.context = context;
        this.settings = context.settings();
        this.begun = context.clock().instant();
        this.memory = account.slot().memory(account, begun);
        this.source = TaskSource.of(this);
        this.pages = new TaskPages(this);
        this.findings = new Findings(this);
        knows(account.contact());
    }

    /** What is known of the account, as it was read or has just been committed; null before first contact. */
    void knows(AccountKnown now) {
        known = now;
        comparison = now == null ? null : new TaskComparison(now);
    }

    /** The call for the next page. */
    public CodexRequest getPageRequest() {
        String cursor = pages.cursor();
        return cursor == null ? source.list() : source.list().with("cursor", cursor);
    }

    /** Whether a time has not come yet by upstream's own clock. */
    boolean isAhead(Instant time) {
        return time.isAfter(latest());
    }

    /** What a time of upstream may be at most. */
    Instant latest() {
        return upstreamTime.plus(TaskPages.OVERLAP);
    }

    /** A task of an ordered list. */
    void saw(Task task) {
        memory.deferrals.saw(task.id(), begun);
        pages.run().saw(task, seen.add(task.id()), latest());
    }

    /** The account's record moves on in the same transaction as what was found on the pages up to here, or a later one. */
    void move(UnaryOperator<AccountKnown> step) {
        findings.proposeLater(new AccountProposal(account.source(), account.id(), step));
    }

    /** Upstream's list is not as it is taken to be; each word counts once a scan. */
    void odd(String word) {
        if (oddities.add(word)) {
            context.drift().seen(word);
        }
    }

    /** Whether another page is to be asked for. */
    public boolean isMore() {
        return !over && calls.arePossible();
    }

    /** Whether there is time left for another call in this poll, and upstream has not asked for a pause. */
    boolean isGoingOn() {
        return calls.arePossible() && !isLate();
    }

    private boolean isLate() {
        return !context.clock().instant().isBefore(begun.plus(settings.budget()));
    }

    /**
     * Whether what was found so far should be published: pages are put together into one transaction, but what the first
     * shows is published before others are read, what is new before older pages, and much at once.
     */
    public boolean isPublishDue() {
        boolean due = over || pages.isFirst() || findings.size() >= LARGEST_BATCH || !source.isOrdered();
        return findings.size() > 0 && due;
    }

    /** Hands over what is to be published; where no page follows, all that this scan has found. */
    public List<Proposal> takeProposals() {
        findings.take();
        return findings.handOver();
    }

    /** Whether calls about the task may be made now, and were not made in this poll. */
    boolean mayFetch(String taskId) {
        return !fetched.contains(taskId) && memory.deferrals.isDue(taskId, begun);
    }

    /** Calls about the task are to be made in this poll; it counts as seen. */
    void fetches(String taskId) {
        fetched.add(taskId);
        memory.deferrals.saw(taskId, begun);
    }

    /** What has failed is tried again in a moment, while its pause is short and upstream does not turn most calls away. */
    void retrySoon(String id, UpstreamException failure) {
        behind |= memory.deferrals.isShort(id) && (!failure.isTurnedAway() || calls.wereMostlyAdmitted());
    }

    /**
     * The poll is over, and all that it found is published.
     *
     * @throws UpstreamException when upstream has asked for a pause, or nothing was answered
     */
    void finish() {
        published = true;
        pages.published();
        memory.called(calls.wereTurnedAway(), settings.concurrency());
        if (calls.failure() != null) {
            throw calls.failure();
        }
    }

    /** The poll broke off: what it found so far is published all the same. */
    void abort() {
        if (!published) {
            memory.called(calls.wereTurnedAway(), settings.concurrency());
            findings.abort();
            pages.abort();
        }
    }

    /** How soon the next poll should follow this one, which went well. */
    Next next() {
        if (calls.arePossible() && (pages.areInterrupted() || isLate())) {
            return Next.AT_ONCE;
        }
        if (behind) {
            return Next.SOON;
        }
        boolean active = !account.active().isEmpty() || !source.openAttempts().isEmpty();
        return active ? Next.ACTIVE : Next.IDLE;
    }
}
