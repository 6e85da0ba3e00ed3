package dev.turnpike.comparison;

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
    /** After so many failed attempts an ended turn is published without its details. */
    public static final int TRIES = 4;

    /** Whether one more failed attempt is the last. */
    boolean isLastTry() {
        return tries + 1 >= TRIES;
    }

    /** Takes over when the turn was created, where that was not known before. */
    Waiting withCreatedAt(Instant known) {
        return createdAt != null ? this : new Waiting(known, endedAt, since, tries);
    }

    Waiting triedAgain() {
        return new Waiting(createdAt, endedAt, since, tries + 1);
    }
}
