package dev.turnpike.usage;

import static dev.turnpike.usage.WindowComparison.lasts;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Known state of an account's usage; one small record in the state topic.
 *
 * @param at upstream's time at the last poll that changed it
 * @param reportedAt when the usage was last reported
 * @param reported fingerprint of what was reported then
 * @param blocked the limits that block the account, by limit id
 * @param windows by limit id, {@code |} and window name
 * @param unused reset times for which {@code usage.unused-before-reset} was raised, by the same keys
 * @param unseen a rise without a task, null when there is none
 */
public record KnownUsage(
        Instant at,
        @JsonProperty("toldAt") Instant reportedAt,
        @JsonProperty("told") String reported,
        Map<String, KnownLimit> blocked,
        Map<String, KnownWindow> windows,
        Map<String, Instant> unused,
        Unseen unseen) {
    /** Of an account whose usage was never seen. */
    static final KnownUsage NOTHING =
            new KnownUsage(Instant.EPOCH, Instant.EPOCH, "", Map.of(), Map.of(), Map.of(), null);

    public KnownUsage {
        blocked = blocked == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(blocked));
        windows = windows == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(windows));
        unused = unused == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(unused));
    }

    KnownUsage at(Instant time) {
        return new KnownUsage(time, reportedAt, reported, blocked, windows, unused, unseen);
    }

    KnownUsage reported(Instant time, String fingerprint) {
        return new KnownUsage(time, time, fingerprint, blocked, windows, unused, unseen);
    }

    static String windowKey(String limit, String window) {
        return limit + "|" + window;
    }

    /**
     * A limit that blocks the account, or did so lately; others are not stored.
     *
     * @param since when that was first seen, null when it no longer does
     * @param freeSince since when every poll said that it no longer does; null when the last one said it did
     * @param endedAt when it last ended, null when it never did
     */
    public record KnownLimit(Instant since, Instant freeSince, Instant endedAt) {

        boolean blocks() {
            return since != null;
        }

        /**
         * State after a poll; null when it need not be known. The end must last, and longer if another end was lately.
         *
         * @param known before the poll, null when it was not known
         * @param blocked what upstream says; null when it no longer shows the limit, which then no longer blocks
         */
        static KnownLimit next(KnownLimit known, Boolean blocked, Instant at) {
            if (Boolean.TRUE.equals(blocked)) {
                return known == null
                        ? new KnownLimit(at, null, null)
                        : new KnownLimit(known.blocks() ? known.since : at, null, known.endedAt);
            }
            if (known == null) {
                return null;
            }
            boolean endedLately = known.endedAt != null && !lasts(known.endedAt, at, WindowComparison.CONTRADICTION);
            if (!known.blocks()) {
                return endedLately ? known : null;
            }
            Instant from = known.freeSince == null || known.freeSince.isAfter(at) ? at : known.freeSince;
            boolean longer = endedLately || blocked == null;
            return lasts(from, at, longer ? WindowComparison.LASTING : WindowComparison.CONFIRMATION)
                    ? new KnownLimit(null, null, at)
                    : new KnownLimit(known.since, from, known.endedAt);
        }
    }

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
         * State after a poll; null where a task was seen, or usage does not rise.
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
            if (risesFrom == null || (known != null && known.reported())) {
                return known;
            }
            boolean begins = known == null || at.isBefore(known.since()) || lasts(known.lastRise(), at, after);
            return begins ? new Unseen(at, at, false) : new Unseen(known.since(), at, lasts(known.since(), at, after));
        }
    }
}
