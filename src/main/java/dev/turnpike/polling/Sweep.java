package dev.turnpike.polling;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * Rounds through a list, some pages at each poll: through the older pages of tasks, for what the way down to the watermark
 * cannot see, and through all pages of threads. Where a round is, is remembered in this process only: after a restart
 * another begins.
 */
final class Sweep {
    private final Set<String> visited = new HashSet<>();
    private Instant nextRound = Instant.MIN;
    private String cursor;
    private boolean whole;

    /** Whether a page is due: a round is under way, or another is to begin. */
    boolean isDue(Instant now) {
        return cursor != null || !now.isBefore(nextRound);
    }

    /**
     * The cursor of the page that is due.
     *
     * @param below where the way down has ended, and a round begins; null at the end of the list
     * @param round how long after its beginning the next round begins
     * @return null when there is no page
     */
    String begin(String below, Instant now, Duration round) {
        if (cursor == null) {
            nextRound = now.plus(round);
            visited.clear();
            cursor = below;
        }
        return cursor;
    }

    /** Where the round goes on; null between two rounds. */
    String cursor() {
        return cursor;
    }

    /** Whether a round came to its end. */
    boolean hasBeenWhole() {
        return whole;
    }

    /**
     * The page was read and what it held was published: the round goes on there; null ends it.
     *
     * @return false where the cursor was there before: following it would never end, so it ends the round too
     */
    boolean goOn(String next) {
        boolean circular = next != null && !visited.add(next);
        cursor = circular ? null : next;
        if (cursor == null) {
            visited.clear();
            whole = true;
        }
        return !circular;
    }

    /** Upstream does not take the cursor: the round is over. */
    void refused() {
        visited.clear();
        cursor = null;
    }
}
