package dev.turnpike.comparison;

import java.time.Duration;
import java.time.Instant;

/**
 * An ended turn whose event waits for its details.
 *
 * @param createdAt when upstream created the turn, null when not known
 * @param endedAt the best known time of its end
 * @param since when it was first seen to have ended
 * @param tries how often fetching its details has failed
 */
public record Waiting(Instant createdAt, Instant endedAt, Instant since, int tries) {
    /** So many tries without success there are at least before an end is published without its details. */
    public static final int TRIES = 4;
    /** What fails will pass, but the end itself does not wait for days. */
    public static final Duration PATIENCE = Duration.ofHours(1);
    /** Where upstream answers that it has none, or none that could be read. */
    public static final Duration PATIENCE_WHEN_REFUSED = Duration.ofMinutes(10);

    /**
     * Whether the end is published without its details after one more try without success.
     *
     * @param refused whether that was upstream's answer, and no failure
     */
    boolean isOver(boolean refused, Instant now) {
        return tries + 1 >= TRIES && !now.isBefore(since.plus(refused ? PATIENCE_WHEN_REFUSED : PATIENCE));
    }

    /** Takes over when the turn was created, where that was not known before. */
    Waiting withCreatedAt(Instant known) {
        return createdAt != null ? this : new Waiting(known, endedAt, since, tries);
    }

    Waiting triedAgain() {
        return new Waiting(createdAt, endedAt, since, tries + 1);
    }
}
