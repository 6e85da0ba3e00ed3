package dev.turnpike.scan;

import dev.turnpike.codex.CloudThread;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.MalformedItemException;
import dev.turnpike.codex.Page;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.ThreadItems;
import dev.turnpike.codex.ThreadReader;
import dev.turnpike.codex.ThreadTurns;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.comparison.KnownTask;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.Observation.DetailsOutcome;
import dev.turnpike.comparison.TaskChange.Ended;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A thread of the new Codex cloud in one poll. Its turns are fetched without their items first, and then the items of those
 * that ended and are owed. Every scan of pages is bounded.
 */
final class ThreadUpdate extends TaskUpdate {
    private static final int TURNS_AT_ONCE = 20;
    private static final int MOST_PAGES = 100;
    /** A page that is too large is requested once more with fewer items: a turn can have 90 MB. */
    private static final List<Integer> ITEMS_AT_ONCE = List.of(50, 5);
    /** Times of upstream are whole seconds, by a clock that may differ from that of its Date header. */
    private static final Duration SETTLES = Duration.ofSeconds(2);

    private final ThreadReader reader;
    /** Null if the list has not shown it. */
    private final CloudThread listed;

    ThreadUpdate(TaskScan scan, ThreadReader reader, String threadId, KnownTask known, CloudThread listed) {
        super(scan, threadId, known);
        this.reader = reader;
        this.listed = listed;
    }

    @Override
    void makeCalls() {
        try {
            CloudThread shown = thread();
            CloudThread thread = mayChangeUnseen(shown) ? shown.provisional() : shown;
            ThreadTurns turns = turns(thread);
            Turn latest = turns.latest();
            Task task = latest == null ? thread.task() : thread.task(latest.id(), latest.status());
            see(Observation.ofListed(task, scan.begun).withTurns(turns.map()));
            if (turns.isIncomplete()) {
                failure = UpstreamException.malformed("a turn of the thread cannot be read");
            }
        } catch (UpstreamException e) {
            failed(e);
            // no other reply than its absence says that a thread will not be shown
            unseen(isMissingForGood() && listed == null, false);
            return;
        }
        for (Ended ended : change.detailsWanted()) {
            if (scan.calls.mayCall()) {
                readItems(ended.turnId());
            }
        }
        see(observed);
    }

    /** An active thread is fetched by id if the list shows no flags: whether a list fills them is not known. */
    private CloudThread thread() {
        if (listed != null
                && !(listed.active() && listed.task().thread().waitsFor().isEmpty())) {
            return listed;
        }
        try {
            CloudThread thread = reader.read(read("v1", "threads", taskId));
            if (!thread.id().equals(taskId)) {
                throw UpstreamException.malformed("the reply to a thread's id is about another thread");
            }
            return thread;
        } catch (MalformedItemException e) {
            throw UpstreamException.malformed("the reply to a thread's id: " + e.getMessage());
        }
    }

    private ThreadTurns turns(CloudThread thread) {
        ThreadTurns turns = new ThreadTurns(thread, drift);
        Set<String> unseen = known == null
                ? new HashSet<>()
                : known.turns(turn -> turn.open() || !turn.waiting().isEmpty());
        CodexRequest first = scan.source
                .request("v2", "threads", thread.id(), "turns")
                .with("limit", Integer.toString(TURNS_AT_ONCE))
                .with("sortDirection", "desc")
                .with("itemsView", "notLoaded");
        pages(first, "turns", page -> {
            List<Turn> added = turns.add(page);
            added.forEach(turn -> unseen.remove(turn.id()));
            // what comes after turns that were all recorded before was recorded as well
            boolean recorded = known != null
                    && !known.turns().isEmpty()
                    && added.stream().allMatch(turn -> known.hasEnded(turn.id()));
            return !added.isEmpty() && !(recorded && unseen.isEmpty());
        });
        return turns;
    }

    /** @param takes consumes one page and returns whether the next is wanted */
    private void pages(CodexRequest first, String of, Predicate<Page> takes) {
        Set<String> cursors = new HashSet<>();
        for (CodexRequest request = first; request != null; ) {
            Page page = Page.ofThreads(read(request), of, drift);
            String next = takes.test(page) ? page.cursor() : null;
            if (next != null && !cursors.add(next)) {
                drift.seen("repeated-cursor");
                throw UpstreamException.malformed(first.line() + ": the cursor of a page was there before");
            }
            if (next != null && cursors.size() >= MOST_PAGES) {
                throw new UpstreamException(
                        Kind.TOO_LARGE, 200, null, first.line() + ": more than " + MOST_PAGES + " pages", null);
            }
            request = next == null ? null : first.with("cursor", next);
        }
    }

    private void readItems(String turnId) {
        try {
            Turn turn = observed.turns().turns().get(turnId);
            if (turn == null) {
                throw UpstreamException.malformed("an ended turn is no longer among the thread's turns");
            }
            ThreadItems items = items(turnId);
            outcomes.put(turnId, DetailsOutcome.complete(items.in(turn), items.prompt(), List.of()));
        } catch (UpstreamException e) {
            failed(e);
            if (countsAsTry()) {
                outcomes.put(turnId, DetailsOutcome.without(DetailsOutcome.Status.FAILED));
            }
        }
    }

    private ThreadItems items(String turnId) {
        UpstreamException tooLarge = null;
        for (int limit : ITEMS_AT_ONCE) {
            ThreadItems items = new ThreadItems(turnId, drift);
            try {
                CodexRequest first = scan.source
                        .request("v2", "threads", taskId, "items")
                        .with("turnId", turnId)
                        .with("limit", Integer.toString(limit))
                        .with("sortDirection", "desc");
                pages(first, "items", page -> {
                    items.add(page);
                    return !page.items().isEmpty();
                });
                if (items.isEmpty()) {
                    throw UpstreamException.malformed(first.line() + ": no item of an ended turn is shown");
                }
                return items;
            } catch (UpstreamException e) {
                if (e.kind() != Kind.TOO_LARGE) {
                    throw e;
                }
                tooLarge = e;
            }
        }
        throw tooLarge;
    }

    /** Whether the thread may still change without another time of its last change. */
    private boolean mayChangeUnseen(CloudThread thread) {
        Instant updated = thread.task().updatedAt();
        return updated != null && updated.isAfter(scan.upstreamTime.minus(SETTLES));
    }
}
