package dev.turnpike.scan;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * State between the scans of one account: interrupted page runs, the position of the sweep, when tasks were
 * last seen, and what is deferred after failed calls. It is in memory only: after a restart, the next scan reads down to the
 * committed watermark.
 */
final class ScanMemory {
    /** The deferral of the older pages; no task has such an id. */
    static final String OLDER_PAGES = "";
    /** The deferral of the pages of what is new but for the first, which is requested at each poll all the same. */
    static final String NEWER_PAGES = " ";

    /** A malformed item holds the watermark back for at most so many scans in a row. */
    private static final int MALFORMED_SCANS = 10;

    /** More interrupted page runs than this are given up for one from the top. */
    private static final int MOST_INTERRUPTED = 20;

    final String account;
    final Deferrals deferrals;
    /** The page runs that were interrupted, the newest first; each ends where the next begins. */
    final Deque<PageRun> interrupted = new ArrayDeque<>();

    final OlderPages older = new OlderPages();

    private final Map<Integer, Integer> malformed = new HashMap<>();
    /** When a list that is out of order, or has none, was read to its end; null before that. */
    Instant scannedInFull;

    private int fewer;

    ScanMemory(String account, Instant begun) {
        this.account = account;
        this.deferrals = new Deferrals(begun);
    }

    /** A page run was interrupted; the next scan continues there. */
    void interrupt(PageRun run) {
        interrupted.push(run);
        if (interrupted.size() > MOST_INTERRUPTED) {
            interrupted.clear();
        }
    }

    /** Calls at a time: half as many after upstream has throttled one, and one more after each poll without that. */
    int concurrency(int setting) {
        return Math.max(1, setting - fewer);
    }

    void called(boolean throttled, int setting) {
        fewer = throttled ? setting - concurrency(setting) / 2 : Math.max(0, fewer - 1);
    }

    /** Whether the watermark must wait for these malformed items of a whole scan, by hash of their text. */
    boolean holdsBack(Set<Integer> items) {
        malformed.keySet().retainAll(items);
        items.forEach(item -> malformed.merge(item, 1, Integer::sum));
        return malformed.values().stream().anyMatch(scans -> scans < MALFORMED_SCANS);
    }
}
