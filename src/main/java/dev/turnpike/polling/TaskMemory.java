package dev.turnpike.polling;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What the walks of one sign-in remember of each other: where the sweep of older pages is, when tasks were last seen
 * and attempts last asked for, and which items were malformed. Lost with the process, and nothing with it: a restart
 * begins another sweep.
 */
final class TaskMemory {
    /** So many walks in a row a malformed item holds the watermark back; after that it is let go. */
    private static final int MALFORMED_WALKS = 10;

    private final Map<String, Instant> seen = new HashMap<>();
    private final Map<String, Instant> attempts = new HashMap<>();
    private final Map<Integer, Integer> malformed = new HashMap<>();
    private Sweep sweep = new Sweep();
    private History history = new History();
    private String account;
    private Instant begun;

    /** Another account in the same file starts from nothing. */
    void use(String current, Instant now) {
        if (!current.equals(account)) {
            seen.clear();
            attempts.clear();
            malformed.clear();
            sweep = new Sweep();
            history = new History();
            account = current;
            begun = now;
        }
    }

    Sweep sweep() {
        return sweep;
    }

    History history() {
        return history;
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

    /** When the attempts at a turn's request were last asked for; the start of this memory when they never were. */
    Instant lastAskedAttempts(String turnId) {
        return attempts.getOrDefault(turnId, begun);
    }

    void askedAttempts(Set<String> asked, Set<String> open, Instant at) {
        attempts.keySet().retainAll(open);
        asked.forEach(turnId -> attempts.put(turnId, at));
    }

    /** Whether the watermark must wait for these malformed items of a whole way down, by hash of their text. */
    boolean holdsBack(Set<Integer> items) {
        malformed.keySet().retainAll(items);
        items.forEach(item -> malformed.merge(item, 1, Integer::sum));
        return malformed.values().stream().anyMatch(walks -> walks < MALFORMED_WALKS);
    }
}
