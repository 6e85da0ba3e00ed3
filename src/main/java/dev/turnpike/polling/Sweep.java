package dev.turnpike.polling;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

/**
 * Rounds through the older pages, a page at each poll, for what the way down to the watermark cannot see. Where a round
 * is, is remembered in this process only: after a restart another begins.
 */
final class Sweep {
    private final Set<String> visited = new HashSet<>();
    private Instant nextRound = Instant.MIN;
    private String cursor;

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

    /** The page was read and what it held was published: the round goes on there; null ends it, a circle does too. */
    void goOn(String next) {
        cursor = next != null && visited.add(next) ? next : null;
    }

    /** Upstream does not take the cursor: the round is over. */
    void refused() {
        cursor = null;
    }
}
