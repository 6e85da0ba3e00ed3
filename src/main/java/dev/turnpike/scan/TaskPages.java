package dev.turnpike.scan;

import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * The pages that one scan reads, as page runs that go on in the next poll where they were interrupted. The first run goes from
 * the newest task down until everything that moved since the last whole scan was seen. Tasks move up while pages are read,
 * so it goes a little further down than the watermark, and the watermark is what the first page showed. Of a list without
 * an order the first page is read, and the run of the others goes on. {@link OlderPages} come last.
 */
final class TaskPages {
    /** How far below the watermark a scan goes, since times of different tasks need not be set in order. */
    static final Duration OVERLAP = Duration.ofMinutes(2);

    private static final int MOST_PAGES = 1000;
    /** Pages of a list without an order are read again and again: how many upstream tolerates is not known. */
    private static final int MOST_UNORDERED_PAGES = 25;

    private static final int MOST_REFUSALS = 3;

    private final TaskScan scan;
    private final ScanMemory memory;
    private final boolean ordered;
    /** What is read now; null before the first page has come, and if no older page is to be read. */
    private PageRun run;
    /** The run from the top. */
    private PageRun newest;

    private int pages;
    private boolean repeated;
    /** Whether everything that is new was read. */
    private boolean whole;
    /** Whether the budget ended before all pages were read. */
    private boolean interrupted;
    /** Whether older pages are read. */
    private boolean older;

    TaskPages(TaskScan scan) {
        this.scan = scan;
        this.memory = scan.memory;
        this.ordered = scan.source.isOrdered();
    }

    /** Cursor of the next page; null at the top. */
    String cursor() {
        return run == null ? null : run.cursor();
    }

    /** @param cursor of the page after the one that has come */
    void arrived(String cursor) {
        repeated = false;
        pages++;
        if (run == null) {
            run = new PageRun(null, floor());
            newest = run;
        }
        if (run.cursor() != null) {
            memory.deferrals.succeeded(deferral());
        }
        run.pageArrived(cursor);
    }

    private String deferral() {
        return older ? ScanMemory.OLDER_PAGES : ScanMemory.NEWER_PAGES;
    }

    /** Down to where the last scan began, even if it was interrupted; a watermark ahead of upstream's clock is not used. */
    private Instant floor() {
        if (!ordered) {
            return Instant.MIN;
        }
        if (scan.isAhead(scan.known.watermark())) {
            memory.interrupted.clear();
            return scan.known.baseline().minus(OVERLAP);
        }
        PageRun below = memory.interrupted.peek();
        // no overlap there: the watermark stays at the top of the run below, so the next scan goes over it again
        return below == null || below.top() == null ? scan.known.watermark().minus(OVERLAP) : below.top();
    }

    /** What the page that has come belongs to. */
    PageRun run() {
        return run;
    }

    /** Whether no page after the newest was read yet. */
    boolean isFirst() {
        return pages == 1 && !older;
    }

    /** The page's items were compared, and the calls about them are scheduled: decides which page is next. */
    void done() {
        run.advance();
        if (!older || memory.older.isHistory()) {
            if (run.isDisordered()) {
                scan.reportDrift("list-order");
            }
            if (run.isCircular()) {
                scan.reportDrift("repeated-cursor");
            }
        }
        if (older) {
            boolean more = memory.older.pageDone(scan);
            interrupted = more && isTimeUp(MOST_PAGES);
            scan.over = !more || interrupted;
        } else {
            newestDone();
        }
    }

    private void newestDone() {
        // otherwise a list that is out of order is read to its end once more
        boolean trusting =
                memory.scannedInFull != null && scan.begun.isBefore(memory.scannedInFull.plus(scan.settings.sweep()));
        boolean done = ordered ? run.isDone(trusting) : run.cursor() == null || (run == newest && isRunBelow());
        scan.over = true;
        if (run.isCircular() || (done && (run.cursor() == null || !isRunBelow()))) {
            whole = !run.isCircular();
            memory.interrupted.clear();
            if (ordered && whole) {
                moveWatermark();
            }
            if (!ordered || (whole && run.isDisordered() && !trusting)) {
                memory.scannedInFull = scan.begun;
            }
            return;
        }
        if (done) {
            run = memory.interrupted.pop();
        }
        if (isTimeUp(ordered ? MOST_PAGES : MOST_UNORDERED_PAGES)) {
            memory.interrupt(run);
            // a list without an order is read on when the next poll is due, once all of it was seen
            interrupted = ordered || memory.scannedInFull == null;
        } else {
            scan.over = false;
        }
    }

    private boolean isRunBelow() {
        return !memory.interrupted.isEmpty();
    }

    private boolean isTimeUp(int most) {
        return pages >= most || !scan.mayContinue();
    }

    /** To the top of the last run: of those above it no overlap was read. */
    private void moveWatermark() {
        Set<Integer> malformed = new HashSet<>(newest.malformed());
        malformed.addAll(run.malformed());
        boolean held = memory.holdsBack(malformed);
        boolean ahead = scan.isAhead(scan.known.watermark());
        Instant seen = run.top() == null ? newest.top() : run.top();
        Instant moved = seen == null && ahead ? scan.upstreamTime : seen;
        if (!held && moved != null && (ahead || moved.isAfter(scan.known.watermark()))) {
            scan.updateAccount(state -> state.withWatermark(moved));
        }
    }

    /** What is new was read: older pages come last, so that they delay nothing. */
    void beginOlderPages() {
        older = true;
        boolean due = whole && ordered && scan.calls.mayCall() && memory.deferrals.isDue(deferral(), scan.begun);
        run = due ? memory.older.begin(scan, run.cursor()) : null;
        scan.over = run == null;
    }

    /** All that the pages held is published. */
    void published() {
        if (older && run != null) {
            memory.older.published(scan);
        }
    }

    /** Nobody knows which of the pages that were read are recorded: the next scan goes down to the watermark. */
    void abort() {
        if (run != null) {
            memory.interrupted.clear();
        }
    }

    /** Whether the budget ended before all pages were read. */
    boolean isInterrupted() {
        return interrupted;
    }

    /** @throws UpstreamException the failure, if no page was read before */
    void failed(UpstreamException failure) {
        if (mayPass(failure.kind()) && !repeated && scan.mayContinue()) {
            repeated = true;
            return;
        }
        scan.over = true;
        if (run == null) {
            throw failure;
        }
        memory.deferrals.failed(deferral(), failure, scan.begun);
        // one that fails repeatedly is requested when the next poll is due, not at once
        scan.retrySoon(deferral(), failure);
        boolean refused = failure.kind() == Kind.REJECTED || failure.kind() == Kind.NOT_FOUND;
        if (older) {
            memory.older.pageFailed(scan, refused);
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
