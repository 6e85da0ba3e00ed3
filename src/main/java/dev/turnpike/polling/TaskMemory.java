package dev.turnpike.polling;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What the walks of one sign-in remember of each other: where the sweep of older pages is, when tasks were last seen,
 * and which items were malformed. Lost with the process, and nothing with it: a restart begins another sweep.
 */
final class TaskMemory {
    /** So many walks in a row a malformed item holds the watermark back; after that it is let go, and counted. */
    private static final int MALFORMED_WALKS = 10;
    /** So often the history is begun anew when its cursors go in a circle. */
    private static final int HISTORY_RESTARTS = 10;

    private final Map<String, Instant> seen = new HashMap<>();
    private final Map<Integer, Integer> malformed = new HashMap<>();
    private int historyRestarts;
    private String account;
    private String sweepCursor;
    private boolean sweeping;
    private Instant nextSweep = Instant.MIN;
    private Instant begun;

    /** Another account in the same file starts from nothing. */
    void use(String current, Instant now) {
        if (!current.equals(account)) {
            seen.clear();
            malformed.clear();
            sweeping = false;
            sweepCursor = null;
            historyRestarts = 0;
            nextSweep = Instant.MIN;
            account = current;
            begun = now;
        }
    }

    void saw(String taskId, Instant at) {
        seen.put(taskId, at);
    }

    /** When the task was last seen or asked for; the start of this memory when it never was. */
    Instant lastSeen(String taskId) {
        return seen.getOrDefault(taskId, begun);
    }

    void keepOnly(Set<String> taskIds) {
        seen.keySet().retainAll(taskIds);
    }

    /** Whether the watermark must wait for these malformed items of a whole walk, by hash of their text. */
    boolean holdsBack(Set<Integer> items) {
        malformed.keySet().retainAll(items);
        items.forEach(item -> malformed.merge(item, 1, Integer::sum));
        return malformed.values().stream().anyMatch(walks -> walks < MALFORMED_WALKS);
    }

    boolean mayRestartHistory() {
        return historyRestarts++ < HISTORY_RESTARTS;
    }

    /** Whether a page of the sweep is due: a round is under way, or a new one is to begin. */
    boolean isSweepDue(Instant now) {
        return sweeping || !now.isBefore(nextSweep);
    }

    /** Where the sweep goes on; null when a new round begins where the walk has ended. */
    String sweepCursor() {
        return sweeping ? sweepCursor : null;
    }

    /** The round goes on there at the next beat; null ends it. */
    void sweepOn(String cursor, Instant now, Duration round) {
        if (!sweeping) {
            nextSweep = now.plus(round);
        }
        sweeping = cursor != null;
        sweepCursor = cursor;
    }
}
