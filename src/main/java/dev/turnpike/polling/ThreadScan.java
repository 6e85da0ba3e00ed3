package dev.turnpike.polling;

import dev.turnpike.codex.CloudThread;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.TaskComparison;
import dev.turnpike.comparison.TaskKnown;
import dev.turnpike.publishing.Source;
import dev.turnpike.shard.Proposal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One poll of an account's threads. The order of the list is not promised, so no watermark can end it early: each poll
 * reads the first page, where new threads are likely, and then goes on where the last poll stopped, round and round.
 */
public final class ThreadScan extends PollScan {
    /** Pages in one poll: how fast upstream takes them is not known. */
    private static final int MOST_PAGES = 25;

    /** Times of upstream are whole seconds, by a clock that may differ from that of its Date header. */
    private static final Duration SETTLES = Duration.ofSeconds(2);

    private final ThreadMemory memory;
    private final Set<String> seen = new HashSet<>();
    private final List<ThreadUpdate> changed = new ArrayList<>();
    private Instant upstreamTime;
    private AccountKnown known;
    private String asked;
    private int pages;

    ThreadScan(WatchedAccount account, ScanSettings settings, Clock clock) {
        super(account, settings, clock);
        this.memory = account.slot().threads();
        this.upstreamTime = begun;
        memory.use(account.id());
        known = account.shard().read(state -> Source.THREADS.account(state, account.id()));
    }

    /** The call for the next page. */
    public CodexRequest getPageRequest() {
        asked = pages == 0 ? null : memory.cursor();
        CodexRequest request = request("v1", "threads").with("limit", Integer.toString(settings.pageSize()));
        return asked == null ? request : request.with("cursor", asked);
    }

    CodexRequest request(String... path) {
        return CodexRequest.thread(account.credentials(), account.id(), path);
    }

    Deferrals deferrals() {
        return memory.deferrals();
    }

    boolean wantsDetails() {
        return settings.details();
    }

    int concurrency() {
        return settings.concurrency();
    }

    /** By upstream's clock, when it sent a page. */
    void sentAt(Instant date) {
        upstreamTime = date;
    }

    /** Whether the thread may still change without another time of its last change. */
    boolean mayChangeUnseen(CloudThread thread) {
        return thread.updatedAt() != null && thread.updatedAt().isAfter(upstreamTime.minus(SETTLES));
    }

    /** Null before first contact. */
    AccountKnown contact() {
        return known;
    }

    void contacted(AccountKnown first) {
        known = first;
    }

    TaskComparison comparison() {
        return new TaskComparison(known);
    }

    TaskKnown known(String threadId) {
        return account.shard().read(state -> Source.THREADS.task(state, account.id(), threadId));
    }

    /** Whether a thread of the page was not met before in this poll. */
    boolean saw(CloudThread thread) {
        return seen.add(thread.id());
    }

    void changed(ThreadUpdate update) {
        changed.add(update);
    }

    List<ThreadUpdate> takeChanged() {
        List<ThreadUpdate> taken = List.copyOf(changed);
        changed.clear();
        return taken;
    }

    /**
     * A page was read.
     *
     * @return false when its cursor was there before
     */
    boolean pageDone(String cursor) {
        calls.succeeded();
        pages++;
        boolean first = asked == null;
        // the first page is read in every poll: where the walk is under way further down, it goes on there
        boolean onTheWay = first && memory.cursor() != null;
        boolean straight = onTheWay || memory.goOn(cursor);
        over = memory.cursor() == null || pages >= MOST_PAGES || !isGoingOn();
        return straight;
    }

    /**
     * A page could not be read.
     *
     * @throws UpstreamException the failure, where nothing was read before
     */
    void pageFailed(UpstreamException failure) {
        calls.failed(failure);
        over = true;
        if (failure.kind() == Kind.REJECTED || failure.kind() == Kind.NOT_FOUND) {
            memory.restart();
        }
        if (pages == 0) {
            throw failure;
        }
    }

    /** Threads that are not idle and were not met in this poll, the longest unasked first. */
    List<ThreadUpdate> unmet(int most) {
        Map<String, TaskKnown> active = account.shard().read(state -> Source.THREADS.active(state, account.id()));
        memory.keepOnly(active.keySet());
        return active.entrySet().stream()
                .filter(thread -> !seen.contains(thread.getKey()) && deferrals().isDue(thread.getKey(), begun))
                .sorted((one, other) -> memory.lastFetched(one.getKey()).compareTo(memory.lastFetched(other.getKey())))
                .limit(most)
                .map(thread -> ThreadUpdate.unseen(thread.getKey(), thread.getValue()))
                .toList();
    }

    void fetched(String threadId) {
        memory.fetched(threadId, begun);
    }

    List<Proposal> takeProposals() {
        List<Proposal> taken = List.copyOf(proposals);
        proposals.clear();
        return taken;
    }

    /** A thread as the list shows it, when its latest turn is still the one that is known. */
    boolean isUnchanged(TaskKnown before, CloudThread thread) {
        if (before == null || !before.isIdle() || before.gone() || thread.isActive() || thread.updatedAt() == null) {
            return false;
        }
        TaskComparison comparison = comparison();
        String latest = before.latestTurnId();
        if (latest == null) {
            return !comparison
                    .compare(before, Observation.ofListed(thread.task(), begun))
                    .changed();
        }
        TaskKnown.TurnKnown turn = before.turns().get(latest);
        return turn != null
                && turn.settled().stream()
                        .map(status -> Observation.ofListed(thread.task(latest, status), begun))
                        .anyMatch(listed -> !comparison.compare(before, listed).changed());
    }

    @Override
    public NextPoll next() {
        if (!memory.hasWalked() && calls.arePossible()) {
            return NextPoll.AT_ONCE;
        }
        boolean active = account.shard()
                .read(state -> !Source.THREADS.active(state, account.id()).isEmpty());
        return active ? NextPoll.ACTIVE : NextPoll.IDLE;
    }
}
