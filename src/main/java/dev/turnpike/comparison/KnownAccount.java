package dev.turnpike.comparison;

import java.time.Instant;

/**
 * What is known of an account as a whole; one small record in the state topic.
 *
 * @param baseline upstream's time at first contact: turns created after it are owed
 * @param fromBeginning whether the history before the baseline is owed too
 * @param watermark largest {@code updated_at} on the first page of the last scan that reached the previous watermark
 * @param historyDone whether the tasks that existed at first contact have all been recorded
 * @param historyCursor where recording them goes on after a restart; null at the top, or when done
 * @param horizon idle tasks that did not change since then have been forgotten: of a task that is not known, turns that
 *     were created before it count as settled; null while none was forgotten
 */
public record KnownAccount(
        Instant baseline,
        boolean fromBeginning,
        Instant watermark,
        boolean historyDone,
        String historyCursor,
        Instant horizon) {
    /**
     * The first record of an account.
     *
     * @param newest the largest {@code updated_at} of the first page, null when it is empty
     */
    public static KnownAccount firstContact(Instant baseline, boolean fromBeginning, Instant newest) {
        return new KnownAccount(baseline, fromBeginning, newest == null ? baseline : newest, false, null, null);
    }

    public KnownAccount withWatermark(Instant moved) {
        return new KnownAccount(baseline, fromBeginning, moved, historyDone, historyCursor, horizon);
    }

    public KnownAccount withHistory(boolean done, String cursor) {
        return new KnownAccount(baseline, fromBeginning, watermark, done, cursor, horizon);
    }

    /** Tasks that did not change since this time are forgotten; it never moves back. */
    public KnownAccount withHorizon(Instant forgotten) {
        Instant moved = horizon == null || forgotten.isAfter(horizon) ? forgotten : horizon;
        return new KnownAccount(baseline, fromBeginning, watermark, historyDone, historyCursor, moved);
    }

    /** Whether something created then came after first contact; false when the time is not known. */
    public boolean isAfterBaseline(Instant created) {
        return created != null && created.isAfter(baseline);
    }
}
