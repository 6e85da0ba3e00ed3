package dev.turnpike.polling;

import dev.turnpike.codex.CloudThread;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.TaskKnown;
import dev.turnpike.polling.PollSchedule.Next;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One poll of an account's threads. The order of the list is not promised, so no watermark can end it early: each poll
 * reads the first page, where new threads are likely, and then goes on where the last poll stopped, round and round.
 */
public final class ThreadScan extends PollScan {
    /** Pages in one poll: how fast upstream takes them is not known. */
    private static final int MOST_PAGES = 25;

    /** Times of upstream are whole seconds, by a clock that may differ from that of its Date header. */
    private static final Duration SETTLES = Duration.ofSeconds(2);

    /** The threads that are to be read, as the list shows them. */
    final Map<String, CloudThread> listed = new ConcurrentHashMap<>();

    private volatile Instant upstreamTime;
    private String asked;
    private int pages;

    ThreadScan(WatchedAccount account, ScanSettings settings, Findings findings, Clock clock) {
        super(account, settings, findings, clock);
        this.upstreamTime = begun;
    }

    /** The call for the next page. */
    public CodexRequest getPageRequest() {
        asked = pages == 0 ? null : memory.sweep.cursor();
        CodexRequest request = request("v1", "threads").with("limit", Integer.toString(settings.pageSize()));
        return asked == null ? request : request.with("cursor", asked);
    }

    /** By upstream's clock, when it sent a page. */
    void sentAt(Instant date) {
        upstreamTime = date;
    }

    /** Whether the thread may still change without another time of its last change. */
    boolean mayChangeUnseen(CloudThread thread) {
        return thread.updatedAt() != null && thread.updatedAt().isAfter(upstreamTime.minus(SETTLES));
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
        boolean onTheWay = first && memory.sweep.cursor() != null;
        boolean straight = onTheWay || memory.sweep.goOn(cursor);
        over = memory.sweep.cursor() == null || pages >= MOST_PAGES || !isGoingOn();
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
            memory.sweep.refused();
        }
        if (pages == 0) {
            throw failure;
        }
    }

    /** Threads that are not idle and were not met in this poll, the longest unasked first. */
    List<TaskUpdate> unmet(int most) {
        Map<String, TaskKnown> active = account.active();
        memory.keepOnly(active.keySet());
        return active.entrySet().stream()
                .filter(thread -> !seen.contains(thread.getKey()) && memory.deferrals.isDue(thread.getKey(), begun))
                .sorted((one, other) -> memory.lastFetched(one.getKey()).compareTo(memory.lastFetched(other.getKey())))
                .limit(most)
                .map(thread -> TaskUpdate.unseen(thread.getValue(), thread.getKey()))
                .toList();
    }

    /** A thread as the list shows it, when its latest turn is still the one that is known. */
    boolean isUnchanged(TaskKnown before, CloudThread thread) {
        if (before == null || !before.isIdle() || before.gone() || thread.isActive() || thread.updatedAt() == null) {
            return false;
        }
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
    Next next() {
        if (!memory.sweep.hasBeenWhole() && calls.arePossible()) {
            return Next.AT_ONCE;
        }
        return !account.active().isEmpty() ? Next.ACTIVE : Next.IDLE;
    }
}
