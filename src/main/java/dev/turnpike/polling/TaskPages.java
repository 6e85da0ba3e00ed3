package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskPage;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.comparison.AccountKnown;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * The pages that one scan of tasks reads. First from the newest task down until everything that moved since the last whole
 * scan was seen; {@link OlderPages} come last. Tasks move up while pages are read, so the scan goes a little further down
 * than the watermark, and the watermark is what the first page showed. What is interrupted goes on in the next poll where
 * it stopped.
 */
final class TaskPages {
    /** How far below the watermark a scan goes, since times of different tasks need not be set in order. */
    static final Duration OVERLAP = Duration.ofMinutes(2);

    private static final int MOST_PAGES = 1000;
    private static final int MOST_REFUSALS = 3;

    private final TaskScan scan;
    private final OlderPages older;
    private boolean newestRead;
    private PageRun run;
    private PageRun newest;
    private Instant top;
    private Instant upstreamTime;
    private String next;
    private int pages;
    private boolean repeated;
    private boolean whole;
    private boolean interrupted;

    TaskPages(TaskScan scan) {
        this.scan = scan;
        this.older = new OlderPages(scan);
    }

    /** Asks for the next page; null at the top. */
    String cursor() {
        return run == null ? null : run.cursor();
    }

    void arrived(TaskPage page, Instant date) {
        next = page.cursor();
        upstreamTime = date;
        repeated = false;
        pages++;
        if (run == null) {
            run = new PageRun(null, floor());
            newest = run;
        }
        run.pageArrived();
    }

    /** Down to where the last scan began, be it that one was interrupted; a watermark ahead of time is of no use. */
    private Instant floor() {
        if (isAhead(scan.known.watermark())) {
            scan.memory.interrupted.clear();
            return scan.known.baseline().minus(OVERLAP);
        }
        PageRun below = scan.memory.interrupted.peek();
        // no overlap there: the watermark stays at the top of the run below, so the next scan goes over it again
        return below == null || below.top() == null ? scan.known.watermark().minus(OVERLAP) : below.top();
    }

    private boolean isAhead(Instant time) {
        return time.isAfter(upstreamTime.plus(OVERLAP));
    }

    /** @param first whether this scan had not met it before */
    void saw(Task task, boolean first) {
        run.saw(task, first, upstreamTime.plus(OVERLAP));
    }

    void sawMalformed(JsonNode item) {
        run.sawMalformed(item);
    }

    /** The page's items were compared, and the calls about them are on their way: where to go on. */
    void done() {
        run.goOn(next);
        if (!newestRead || older.areHistory()) {
            if (run.isDisordered()) {
                scan.odd("list-order");
            }
            if (run.isCircular()) {
                scan.odd("repeated-cursor");
            }
        }
        if (newestRead) {
            olderDone();
        } else {
            newestDone();
        }
    }

    private void newestDone() {
        ScanMemory memory = scan.memory;
        boolean trusting = !memory.isFullScanDue(scan.begun, scan.settings.sweep());
        if (run.isCircular()) {
            memory.interrupted.clear();
            scan.over = true;
        } else if (!run.isDone(trusting)) {
            if (pages >= MOST_PAGES || !scan.isGoingOn()) {
                interrupt();
            }
        } else if (run.cursor() != null && !memory.interrupted.isEmpty()) {
            run = memory.interrupted.pop();
            top = run.top() == null ? top : run.top();
            if (!scan.isGoingOn()) {
                interrupt();
            }
        } else {
            memory.interrupted.clear();
            moveWatermark();
            if (run.isDisordered() && !trusting) {
                memory.scannedInFull(scan.begun);
            }
            whole = true;
            scan.over = true;
        }
    }

    private void interrupt() {
        scan.memory.interrupt(run);
        interrupted = true;
        scan.over = true;
    }

    private void moveWatermark() {
        AccountKnown known = scan.known;
        Set<Integer> malformed = new HashSet<>(newest.malformed());
        malformed.addAll(run.malformed());
        boolean held = scan.memory.holdsBack(malformed);
        boolean ahead = isAhead(known.watermark());
        Instant seen = top != null ? top : newest.top();
        Instant moved = seen == null && ahead ? upstreamTime : seen;
        if (!held && moved != null && (ahead || moved.isAfter(known.watermark()))) {
            scan.move(state -> state.withWatermark(moved));
        }
    }

    /** What is new was read: older pages come last, so that they hold up nothing. */
    void beginOlder() {
        newestRead = true;
        String cursor = whole && scan.calls.arePossible() ? older.begin(run.cursor()) : null;
        scan.over = cursor == null;
        run = new PageRun(cursor, Instant.MIN);
    }

    private void olderDone() {
        older.done(run);
        boolean more = older.areHistory() && run.cursor() != null;
        interrupted = more && (pages >= MOST_PAGES || !scan.isGoingOn());
        scan.over = !more || interrupted;
    }

    /** All that the pages held is published. */
    void published() {
        older.published();
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
        scan.behind = true;
        if (run == null) {
            throw failure;
        }
        boolean refused = failure.kind() == Kind.REJECTED || failure.kind() == Kind.NOT_FOUND;
        if (newestRead) {
            older.failed(failure, refused);
        } else if (run.refused(refused) >= MOST_REFUSALS) {
            scan.memory.interrupted.clear();
        } else {
            scan.memory.interrupt(run);
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
