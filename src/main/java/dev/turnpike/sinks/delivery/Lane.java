package dev.turnpike.sinks.delivery;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/** The undelivered events of one task, in order; guarded by the {@link Backlog}. */
final class Lane {
    final Deque<Entry> entries = new ArrayDeque<>();
    /** Its first entries are being delivered. */
    boolean busy;
    /** The next try, after a failure. */
    Instant notBefore = Instant.MIN;

    boolean isDue(Instant now) {
        return !busy && !notBefore.isAfter(now);
    }
}
