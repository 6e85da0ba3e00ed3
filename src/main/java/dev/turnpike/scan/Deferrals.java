package dev.turnpike.scan;

import dev.turnpike.codex.UpstreamException;
import dev.turnpike.retry.BackOff;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * When each task, the attempts at a turn's request and the older pages were last seen and fetched, and how long each is deferred
 * because calls about it failed: each has a pause of its own, which grows with each failure. A restart loses these pauses only.
 */
final class Deferrals {
    private static final BackOff BACK_OFF = new BackOff(Duration.ofSeconds(5), Duration.ofHours(6));
    private static final Duration KEPT = Duration.ofDays(1);
    /** So many pauses are short: most failures pass. */
    private static final int SHORT = 5;

    private static final int TIMES_MISSING = 4;
    /** Failures closer together than this are one try: an outage of seconds must not use up all tries. */
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(10);

    private final Map<String, Entry> entries = new HashMap<>();
    private final Entry nothing;

    private static final class Entry {
        private Instant seen;
        private Instant fetched;
        private int failures;
        /** The tries in a row to which upstream said that there is no such thing. */
        private int missing;

        private Instant until = Instant.MIN;
        private Instant lastTry = Instant.MIN;

        Entry(Instant seen, Instant fetched) {
            this.seen = seen;
            this.fetched = fetched;
        }
    }

    /** @param begun counts as the time at which what was never seen was seen last */
    Deferrals(Instant begun) {
        this.nothing = new Entry(begun, begun);
    }

    private Entry of(String id) {
        return entries.getOrDefault(id, nothing);
    }

    private Entry change(String id) {
        return entries.computeIfAbsent(id, key -> new Entry(nothing.seen, nothing.fetched));
    }

    synchronized void recordSeen(String id, Instant now) {
        change(id).seen = now;
    }

    /** When it was last seen on the list, or was to be fetched. */
    synchronized Instant lastSeen(String id) {
        return of(id).seen;
    }

    synchronized void recordFetched(String id, Instant now) {
        change(id).fetched = now;
    }

    /** When calls about it were last made. */
    synchronized Instant lastFetched(String id) {
        return of(id).fetched;
    }

    /** Forgets the others; those that failed, a day after their pause is over: one that is still fetched has failed again by then. */
    synchronized void keepOnly(Set<String> ids, Instant now) {
        entries.entrySet()
                .removeIf(entry -> !ids.contains(entry.getKey())
                        && entry.getValue().until.plus(KEPT).isBefore(now));
    }

    /** A call about it failed: it waits, longer than the last time unless upstream has throttled the call. */
    synchronized void failed(String id, UpstreamException failure, Instant now) {
        boolean tried = countsAsTry(id, failure, now);
        Entry entry = change(id);
        if (failure.isThrottled()) {
            entry.failures = Math.max(1, entry.failures);
        } else {
            entry.failures++;
            boolean missing = failure.kind() == UpstreamException.Kind.NOT_FOUND;
            entry.missing = missing ? entry.missing + (tried ? 1 : 0) : 0;
        }
        entry.until = now.plus(BACK_OFF.after(entry.failures - SHORT + 1));
        entry.lastTry = tried ? now : entry.lastTry;
    }

    synchronized void succeeded(String id) {
        entries.computeIfPresent(id, (key, entry) -> new Entry(entry.seen, entry.fetched));
    }

    /** Whether it need not wait any longer. */
    synchronized boolean isDue(String id, Instant now) {
        return !now.isBefore(of(id).until);
    }

    /** Whether its pause does not grow yet. */
    synchronized boolean isShort(String id) {
        return failures(id) <= SHORT;
    }

    /** Failures in a row. */
    synchronized int failures(String id) {
        return of(id).failures;
    }

    /** Whether one more 404 leaves no doubt: the fourth in a row, in tries that lie apart; what is new may not be found yet. */
    synchronized boolean isMissingWithOneMore(String id) {
        return of(id).missing + 1 >= TIMES_MISSING;
    }

    /** Whether this failure uses up one of the few tries that a task has: not if upstream throttles all calls. */
    synchronized boolean countsAsTry(String id, UpstreamException failure, Instant now) {
        boolean spaced = !now.minus(BETWEEN_TRIES).isBefore(of(id).lastTry);
        return !failure.isThrottled() && (spaced || failure.kind() == UpstreamException.Kind.TOO_LARGE);
    }
}
