package dev.turnpike.usage;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.time.Instant;

/**
 * Usage that rises while no task is seen: tasks may run where this API does not list them.
 *
 * @param since the first rise since a task was seen
 * @param lastRise the latest one
 * @param reported whether it was reported
 */
public record Unseen(
        Instant since,
        Instant lastRise,
        @JsonProperty("told") boolean reported) {

    /**
     * What is known after a poll; null where a task was seen, or nothing rises.
     *
     * @param known before the observation, null when there was none
     * @param risesFrom since when usage rose that this observation shows, null when none did
     * @param after how long it must rise to be reported; zero: never
     */
    static Unseen next(Unseen known, Instant risesFrom, TurnRuns runs, Instant at, Duration after) {
        if (after.isZero() || (known == null && risesFrom == null)) {
            return null;
        }
        Instant from = known == null ? risesFrom : known.since();
        if (!runs.during(from, at).isEmpty()) {
            return null;
        }
        if (risesFrom == null) {
            return known;
        }
        if (known != null && known.reported()) {
            return known;
        }
        boolean begins = known == null
                || at.isBefore(known.since())
                || Duration.between(known.lastRise(), at).compareTo(after) >= 0;
        return begins
                ? new Unseen(at, at, false)
                : new Unseen(
                        known.since(), at, Duration.between(known.since(), at).compareTo(after) >= 0);
    }
}
