package dev.turnpike.comparison;

import dev.turnpike.codex.TurnStatus;
import java.time.Instant;
import java.util.List;

/**
 * What an observation of a task adds to what is known of it.
 *
 * @param before what was known, null when nothing was
 * @param next what is known afterwards
 * @param publishable ended turns that can be published now: their details are there, or given up
 * @param detailsWanted ended turns whose details should be fetched
 * @param turnsNeeded whether the turns mapping must be read to be sure that no turn was skipped
 * @param snapshot whether the task as a whole looks different from what was last reported
 */
public record TaskChange(
        KnownTask before,
        KnownTask next,
        List<Ended> publishable,
        List<Ended> detailsWanted,
        boolean turnsNeeded,
        boolean snapshot) {

    /** Whether there is anything to fetch, to publish or to remember. */
    public boolean changed() {
        return turnsNeeded
                || snapshot
                || !publishable.isEmpty()
                || !detailsWanted.isEmpty()
                || !next.equals(before == null ? KnownTask.NOTHING : before);
    }

    /** Whether an ended turn was not known to have ended before, in this way or another. */
    public boolean isFirstEnd(Ended ended) {
        KnownTask.KnownTurn turn = before == null ? null : before.turns().get(ended.turnId());
        return turn == null || turn.settled().isEmpty();
    }

    /**
     * A turn whose end is owed as an event.
     *
     * @param createdAt when upstream created it, null when not known
     * @param endedAt the best known time of its end
     * @param backfill whether it ended in the history before first contact
     */
    public record Ended(String turnId, TurnStatus status, Instant createdAt, Instant endedAt, boolean backfill) {}
}
