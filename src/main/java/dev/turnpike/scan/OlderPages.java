package dev.turnpike.scan;

import dev.turnpike.publishing.ForgetTasksProposal;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pages below what is new: the history after first contact, which is read on as long as there is time, and later one page
 * of the sweep in each scan. The account's record has the position of the history; that of the sweep is in memory only.
 */
final class OlderPages {
    private static final Logger log = LoggerFactory.getLogger(OlderPages.class);

    private static final int MOST_RESTARTS = 10;

    /** Null before the first page, and if it is to begin anew. */
    private PageRun run;

    private boolean history;
    private int restarts;
    /** Cursor of the page at which the sweep continues; null between two sweeps. */
    private String position;

    private Instant nextSweep = Instant.MIN;
    /** Which of the known tasks are checked next for whether they may be forgotten. */
    private long checked;

    /**
     * Begins where the last scan has ended.
     *
     * @param below cursor of the page at which the scan down to the watermark ended; null at the end of the list
     * @return null if no older page is to be read
     */
    PageRun begin(TaskScan scan, String below) {
        history = !scan.known.historyDone();
        if (!history && position == null) {
            if (scan.begun.isBefore(nextSweep)) {
                return null;
            }
            nextSweep = scan.begun.plus(scan.settings.sweep());
            position = below;
        }
        String reached = history ? scan.known.historyCursor() : position;
        String cursor = reached == null ? below : reached;
        if (cursor == null) {
            if (history) {
                moveHistory(scan, true, null);
            }
            return null;
        }
        // what was read but not published is read again
        if (run == null || !cursor.equals(run.cursor())) {
            run = new PageRun(cursor, Instant.MIN);
        }
        return run;
    }

    boolean isHistory() {
        return history;
    }

    /**
     * A page was compared.
     *
     * @return whether another may follow in this scan
     */
    boolean pageDone(TaskScan scan) {
        if (!history) {
            scan.findings.propose(new ForgetTasksProposal(scan.account.id(), checked++, oldest(scan)));
            return false;
        }
        if (run.isCircular()) {
            restartHistory(scan);
            return false;
        }
        moveHistory(scan, run.cursor() == null, run.cursor());
        return run.cursor() != null;
    }

    /** @param refused whether upstream rejects the cursor, so that requesting the page again would fail as well */
    void pageFailed(TaskScan scan, boolean refused) {
        if (refused && history) {
            restartHistory(scan);
        } else if (refused) {
            run = null;
            position = null;
        }
    }

    /** All that the pages held is published: the sweep goes on after its page, down to {@code sweepAge}. */
    void published(TaskScan scan) {
        if (!history && run != null) {
            position = run.isBelow(oldest(scan), true) ? null : run.cursor();
        }
    }

    private static Instant oldest(TaskScan scan) {
        return scan.begun.minus(scan.settings.sweepAge());
    }

    private static void moveHistory(TaskScan scan, boolean done, String cursor) {
        scan.updateAccount(state -> state.withHistory(done, cursor));
    }

    /** Its cursor is rejected: it begins anew, at most {@link #MOST_RESTARTS} times; the rest is left to the sweep. */
    private void restartHistory(TaskScan scan) {
        run = null;
        restarts++;
        boolean givenUp = restarts > MOST_RESTARTS;
        moveHistory(scan, givenUp, null);
        if (givenUp) {
            scan.reportDrift("history-incomplete");
            log.warn(
                    "History scan restarted too often, leaving the rest to the sweep of older pages account={}",
                    scan.account.id());
        }
    }
}
