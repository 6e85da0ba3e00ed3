package dev.turnpike.polling;

import dev.turnpike.codex.UpstreamException;
import dev.turnpike.publishing.ForgetTasks;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pages that a scan of tasks reads last: the history after first contact, a page of the sweep later. */
final class OlderPages {
    private static final Logger log = LoggerFactory.getLogger(OlderPages.class);

    private final TaskScan scan;
    private final ScanMemory memory;
    private boolean history;
    private boolean swept;
    private String sweepNext;

    OlderPages(TaskScan scan) {
        this.scan = scan;
        this.memory = scan.memory;
    }

    /**
     * Where to begin; null where no older page is due.
     *
     * @param below what is new, null at the end of the list
     */
    String begin(String below) {
        if (!memory.deferrals.isDue(ScanMemory.OLDER_PAGES, scan.begun)) {
            return null;
        }
        history = !scan.known.historyDone();
        if (!history) {
            return memory.sweep.isDue(scan.begun) ? memory.sweep.begin(below, scan.begun, scan.settings.sweep()) : null;
        }
        String reached = scan.known.historyCursor();
        if (memory.history.isCircling(reached)) {
            restartHistory();
            return null;
        }
        if (reached == null && below == null) {
            scan.move(History.goOn(null));
        }
        return reached == null ? below : reached;
    }

    /** Whether they are those of the history, which is read on as long as there is time. */
    boolean areHistory() {
        return history;
    }

    void done(PageRun run) {
        memory.deferrals.succeeded(ScanMemory.OLDER_PAGES);
        if (history && run.isCircular()) {
            restartHistory();
        } else if (history) {
            scan.move(History.goOn(run.cursor()));
        } else {
            Instant oldest = scan.begun.minus(scan.settings.sweepAge());
            swept = true;
            sweepNext = run.isBelow(oldest, true) ? null : run.cursor();
            scan.proposals.add(new ForgetTasks(scan.account.id(), memory.nextTurn(), oldest));
        }
    }

    private void restartHistory() {
        scan.move(memory.history.beginAnew());
        if (memory.history.isGivenUp()) {
            scan.odd("history-incomplete");
            log.warn(
                    "History scan restarted too often, leaving the rest to the sweep of older pages account={}",
                    scan.account.id());
        }
    }

    /** @param refused whether upstream does not take the cursor */
    void failed(UpstreamException failure, boolean refused) {
        memory.deferrals.failed(ScanMemory.OLDER_PAGES, failure, scan.begun);
        if (refused && history) {
            restartHistory();
        } else if (refused) {
            memory.sweep.refused();
        }
    }

    /** All that the page held is published: the sweep goes on behind it. */
    void published() {
        if (swept) {
            memory.sweep.goOn(sweepNext);
        }
    }
}
