package dev.turnpike.polling;

import dev.turnpike.codex.UpstreamException;
import dev.turnpike.retry.BackOff;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * What waits because calls about it failed: each task, and the older pages, with a pause of its own that grows with each
 * failure. Lost with the process, and nothing with it but the pauses.
 */
final class Deferrals {
    private static final BackOff BACK_OFF = new BackOff(Duration.ofSeconds(5), Duration.ofHours(6));
    /** So many pauses are short: most failures pass. */
    private static final int SHORT = 5;

    private static final int TIMES_MISSING = 4;
    /** Failures closer together than this are one try: an outage of seconds must not use up all tries. */
    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(10);

    private final Map<String, Deferral> deferrals = new HashMap<>();

    /** @param missing the tries in a row to which upstream said that there is no such thing */
    private record Deferral(int failures, int missing, Instant until, Instant lastTry) {}

    /** A call about it failed: it waits, longer than the last time unless upstream has turned all calls away. */
    synchronized void failed(String id, UpstreamException failure, Instant now) {
        boolean triedNow = countsAsTry(id, failure, now);
        Deferral before = deferrals.get(id);
        int earlier = before == null ? 0 : before.failures;
        int failures = failure.isTurnedAway() ? Math.max(1, earlier) : earlier + 1;
        Duration pause = BACK_OFF.after(failures - SHORT + 1);
        Instant tried = triedNow ? now : before == null ? null : before.lastTry;
        int missing = before == null ? 0 : before.missing;
        if (!failure.isTurnedAway()) {
            missing = failure.kind() != UpstreamException.Kind.NOT_FOUND ? 0 : triedNow ? missing + 1 : missing;
        }
        deferrals.put(id, new Deferral(failures, missing, now.plus(pause), tried));
    }

    synchronized void succeeded(String id) {
        deferrals.remove(id);
    }

    /** Whether it need not wait any longer. */
    synchronized boolean isDue(String id, Instant now) {
        Deferral deferral = deferrals.get(id);
        return deferral == null || !now.isBefore(deferral.until);
    }

    /** Whether its pause does not grow yet. */
    synchronized boolean isShort(String id) {
        return failures(id) <= SHORT;
    }

    /** Failures in a row. */
    synchronized int failures(String id) {
        Deferral deferral = deferrals.get(id);
        return deferral == null ? 0 : deferral.failures;
    }

    /** Whether one more 404 leaves no doubt: the fourth in a row, in tries that lie apart; what is new may not be found yet. */
    synchronized boolean isMissingWithOneMore(String id) {
        Deferral deferral = deferrals.get(id);
        return (deferral == null ? 0 : deferral.missing) + 1 >= TIMES_MISSING;
    }

    /** Whether this failure uses up one of the few tries that a task has: not where upstream wants no call at all. */
    synchronized boolean countsAsTry(String id, UpstreamException failure, Instant now) {
        Deferral deferral = deferrals.get(id);
        boolean spaced =
                deferral == null || deferral.lastTry == null || !now.isBefore(deferral.lastTry.plus(BETWEEN_TRIES));
        return !failure.isTurnedAway() && (spaced || failure.kind() == UpstreamException.Kind.TOO_LARGE);
    }
}
