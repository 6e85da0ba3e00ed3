package dev.turnpike.polling;

import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the scans of one sign-in's threads remember of each other: where the walk through the list goes on, and what waits
 * after failed calls. Lost with the process, and nothing with it: the next walk begins at the top.
 */
final class ThreadMemory {
    private final Set<String> cursors = new HashSet<>();
    private final Map<String, Instant> fetched = new HashMap<>();
    private Deferrals deferrals = new Deferrals();
    private String account;
    private String cursor;
    private boolean walked;

    /** Another account in the same file starts from nothing. */
    void use(String current) {
        if (!current.equals(account)) {
            cursors.clear();
            fetched.clear();
            deferrals = new Deferrals();
            cursor = null;
            walked = false;
            account = current;
        }
    }

    Deferrals deferrals() {
        return deferrals;
    }

    /** Where the walk goes on after the first page; null at its beginning. */
    String cursor() {
        return cursor;
    }

    /** Whether the whole list was read once. */
    boolean hasWalked() {
        return walked;
    }

    /**
     * The page before this cursor was read.
     *
     * @param next null at the end of the list
     * @return false for a cursor that was there before: following it would never end, so the walk is over
     */
    boolean goOn(String next) {
        boolean circular = next != null && !cursors.add(next);
        if (next == null || circular) {
            restart();
            walked = true;
        } else {
            cursor = next;
        }
        return !circular;
    }

    /** The walk begins again at the top. */
    void restart() {
        cursors.clear();
        cursor = null;
    }

    void fetched(String threadId, Instant at) {
        fetched.put(threadId, at);
    }

    Instant lastFetched(String threadId) {
        return fetched.getOrDefault(threadId, Instant.MIN);
    }

    void keepOnly(Set<String> threadIds) {
        fetched.keySet().retainAll(threadIds);
    }
}
