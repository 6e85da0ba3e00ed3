package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.publishing.ForgetTasks;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pages that one scan reads, as runs that go on in the next poll where they were interrupted. The first run goes from
 * the newest task down until everything that moved since the last whole scan was seen. Tasks move up while pages are read,
 * so it goes a little further down than the watermark, and the watermark is what the first page showed. Of a list without
 * an order the first page is read, and the run of the others goes on. Older pages come last: the history after first
 * contact, a page of the sweep later.
 */
final class TaskPages {
    private static final Logger log = LoggerFactory.getLogger(TaskPages.class);

    /** How far below the watermark a scan goes, since times of different tasks need not be set in order. */
    static final Duration OVERLAP = Duration.ofMinutes(2);

    private static final int MOST_PAGES = 1000;
    /** How fast upstream takes pages that are read round and round is not known. */
    private static final int MOST_UNORDERED_PAGES = 25;

    private static final int MOST_REFUSALS = 3;
    private static final int MOST_RESTARTS = 10;

    private final TaskScan scan;
    private final ScanMemory memory;
    private final boolean ordered;
    private PageRun run;
    private PageRun newest;
    private Instant top;
    private String next;
    private int pages;
    private boolean repeated;
    private boolean whole;
    private boolean interrupted;
    /** Whether what is new was read, and older pages follow. */
    private boolean older;
    /** Whether those are the history, which is read on as long as there is time. */
    private boolean history;
    /** Whether a page of the sweep was read. */
    private boolean swept;

    TaskPages(TaskScan scan) {
        this.scan = scan;
        this.memory = scan.memory;
        this.ordered = scan.source.isOrdered();
    }

    /** Asks for the next page; null at the top. */
    String cursor() {
        return run == null ? null : run.cursor();
    }

    /** @param cursor of the page after the one that has come */
    void arrived(String cursor) {
        next = cursor;
        repeated = false;
        pages++;
        if (run == null) {
            run = new PageRun(null, floor());
            newest = run;
        }
        if (!older && run.cursor() != null) {
            memory.deferrals.succeeded(ScanMemory.NEWER_PAGES);
        }
        run.pageArrived();
    }

    /** Down to where the last scan began, be it that one was interrupted; a watermark ahead of time is of no use. */
    private Instant floor() {
        if (!ordered) {
            return Instant.MIN;
        }
        if (isAhead(scan.known.watermark())) {
            memory.interrupted.clear();
            return scan.known.baseline().minus(OVERLAP);
        }
        PageRun below = memory.interrupted.peek();
        // no overlap there: the watermark stays at the top of the run below, so the next scan goes over it again
        return below == null || below.top() == null ? scan.known.watermark().minus(OVERLAP) : below.top();
    }

    /** Whether no page after the newest was read yet. */
    boolean isFirst() {
        return pages == 1 && !older;
    }

    /** Whether a time has not come yet by upstream's own clock. */
    boolean isAhead(Instant time) {
        return time.isAfter(latest());
    }

    private Instant latest() {
        return scan.upstreamTime.plus(OVERLAP);
    }

    /** @param first whether this scan had not met it before */
    void saw(Task task, boolean first) {
        run.saw(task, first, latest());
    }

    /** An item that could not be read: others go through, but the watermark waits for it a while. */
    void sawMalformed(JsonNode item) {
        run.sawMalformed(item);
    }

    /** The page's items were compared, and the calls about them are on their way: where to go on. */
    void done() {
        run.goOn(next);
        if (!older || history) {
            if (run.isDisordered()) {
                scan.odd("list-order");
            }
            if (run.isCircular()) {
                scan.odd("repeated-cursor");
            }
        }
        if (older) {
            olderDone();
        } else {
            newestDone();
        }
    }

    private void newestDone() {
        boolean trusting = !memory.isFullScanDue(scan.begun, scan.settings.sweep());
        boolean done = ordered ? run.isDone(trusting) : run.cursor() == null || (run == newest && isRunBelow());
        scan.over = true;
        if (run.isCircular() || (done && (run.cursor() == null || !isRunBelow()))) {
            whole = !run.isCircular();
            memory.interrupted.clear();
            if (ordered && whole) {
                moveWatermark();
            }
            if (!ordered || (whole && run.isDisordered() && !trusting)) {
                memory.scannedInFull(scan.begun);
            }
            return;
        }
        if (done) {
            run = memory.interrupted.pop();
            top = run.top() == null ? top : run.top();
        }
        if (isTimeUp(ordered ? MOST_PAGES : MOST_UNORDERED_PAGES)) {
            memory.interrupt(run);
            // what is read round and round goes on in its own time, once all of it was seen
            interrupted = ordered || !memory.wasScannedInFull();
        } else {
            scan.over = false;
        }
    }

    private boolean isRunBelow() {
        return !memory.interrupted.isEmpty();
    }

    private boolean isTimeUp(int most) {
        return pages >= most || !scan.isGoingOn();
    }

    private void moveWatermark() {
        AccountKnown known = scan.known;
        Set<Integer> malformed = new HashSet<>(newest.malformed());
        malformed.addAll(run.malformed());
        boolean held = memory.holdsBack(malformed);
        boolean ahead = isAhead(known.watermark());
        Instant seen = top != null ? top : newest.top();
        Instant moved = seen == null && ahead ? scan.upstreamTime : seen;
        if (!held && moved != null && (ahead || moved.isAfter(known.watermark()))) {
            scan.move(state -> state.withWatermark(moved));
        }
    }

    /** What is new was read: older pages come last, so that they hold up nothing. */
    void beginOlder() {
        older = true;
        boolean due = whole && ordered && scan.calls.arePossible();
        run = due && memory.deferrals.isDue(ScanMemory.OLDER_PAGES, scan.begun) ? olderRun(run.cursor()) : null;
        scan.over = run == null;
    }

    /** @param below where the way down has ended; null at the end of the list */
    private PageRun olderRun(String below) {
        history = !scan.known.historyDone();
        if (!history && memory.swept == null) {
            if (scan.begun.isBefore(memory.nextSweep)) {
                return null;
            }
            memory.nextSweep = scan.begun.plus(scan.settings.sweep());
            memory.swept = below;
        }
        String reached = history ? scan.known.historyCursor() : memory.swept;
        String cursor = reached == null ? below : reached;
        if (cursor == null) {
            if (history) {
                moveHistory(true, null);
            }
            return null;
        }
        // what was read but not published is read again
        if (memory.older == null || !cursor.equals(memory.older.cursor())) {
            memory.older = new PageRun(cursor, Instant.MIN);
        }
        return memory.older;
    }

    private void olderDone() {
        memory.deferrals.succeeded(ScanMemory.OLDER_PAGES);
        scan.over = true;
        if (!history) {
            swept = true;
            Instant oldest = scan.begun.minus(scan.settings.sweepAge());
            scan.findings.propose(new ForgetTasks(scan.account.id(), memory.nextTurn(), oldest));
        } else if (run.isCircular()) {
            restartHistory();
        } else {
            moveHistory(run.cursor() == null, run.cursor());
            interrupted = run.cursor() != null && isTimeUp(MOST_PAGES);
            scan.over = run.cursor() == null || interrupted;
        }
    }

    private void moveHistory(boolean done, String cursor) {
        scan.move(state -> state.withHistory(done, cursor));
    }

    /** Its cursor is of no use: it begins anew, but not for ever; what it has not met is left to the sweep. */
    private void restartHistory() {
        memory.older = null;
        memory.historyRestarts++;
        boolean givenUp = memory.historyRestarts > MOST_RESTARTS;
        moveHistory(givenUp, null);
        if (givenUp) {
            scan.odd("history-incomplete");
            log.warn(
                    "History scan restarted too often, leaving the rest to the sweep of older pages account={}",
                    scan.account.id());
        }
    }

    /** All that the pages held is published: the sweep goes on behind its page, but not for ever. */
    void published() {
        if (swept) {
            boolean end = run.isBelow(scan.begun.minus(scan.settings.sweepAge()), true);
            memory.swept = end ? null : run.cursor();
        }
    }

    /** Nobody knows which of the pages that were read are recorded: the next scan goes down to the watermark. */
    void abort() {
        if (run != null) {
            memory.interrupted.clear();
        }
    }

    /** Whether there was more to read than there was time. */
    boolean areInterrupted() {
        return interrupted;
    }

    /** @throws UpstreamException the failure, where no page was read before */
    void failed(UpstreamException failure) {
        if (mayPass(failure.kind()) && !repeated && scan.isGoingOn()) {
            repeated = true;
            return;
        }
        scan.over = true;
        if (run == null) {
            throw failure;
        }
        String pages = older ? ScanMemory.OLDER_PAGES : ScanMemory.NEWER_PAGES;
        memory.deferrals.failed(pages, failure, scan.begun);
        // one that fails again and again is asked for when the next poll is due, and not at once
        scan.retrySoon(pages, failure);
        boolean refused = failure.kind() == Kind.REJECTED || failure.kind() == Kind.NOT_FOUND;
        if (older) {
            if (refused && history) {
                restartHistory();
            } else if (refused) {
                memory.swept = null;
            }
        } else if (run.refused(refused) >= MOST_REFUSALS) {
            memory.interrupted.clear();
        } else {
            memory.interrupt(run);
        }
    }

    /** The first page is read again in the next poll, which is soon; the others are further from it. */
    private boolean mayPass(Kind kind) {
        return switch (kind) {
            case SERVER_ERROR, NETWORK -> true;
            case MALFORMED, FORBIDDEN, NOT_FOUND, REDIRECT -> run != null;
            default -> false;
        };
    }
}
