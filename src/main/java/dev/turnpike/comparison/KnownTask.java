package dev.turnpike.comparison;

import dev.turnpike.codex.Task;
import dev.turnpike.codex.TurnStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What is known of one task; one small record in the state topic.
 *
 * @param fingerprint of the task as it was last reported; null while it never was
 * @param latestTurnId the latest turn when the task was last seen, null when upstream named none
 * @param turnsDue whether the turns mapping has still to be read for what was seen
 * @param gone whether upstream answered 404 for it; cleared when it is seen again
 * @param turns what is known of its turns (attempt 0 of each request), by turn id
 * @param changedAt the latest time of anything that was seen of it, null when no time is known
 * @param horizon turns of it that were created before are settled even if they are not among {@code turns}: the
 *     account's horizon when the task became known; null if that cannot matter
 * @param untimed whether an owed turn has no time of its creation, so that a horizon could not settle it
 */
public record KnownTask(
        String fingerprint,
        String latestTurnId,
        boolean turnsDue,
        boolean gone,
        Map<String, KnownTurn> turns,
        Instant changedAt,
        Instant horizon,
        boolean untimed) {
    /** Of a task that was never seen. */
    static final KnownTask NOTHING = new KnownTask(null, null, false, false, Map.of(), null, null, false);

    public KnownTask {
        turns = turns == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(turns));
    }

    /** Changed at this time, null if it is not known; a later one that was known stays. */
    public KnownTask changed(Instant at) {
        Instant latest = changedAt == null || (at != null && at.isAfter(changedAt)) ? at : changedAt;
        return new KnownTask(fingerprint, latestTurnId, turnsDue, gone, turns, latest, horizon, untimed);
    }

    /** Whether it may be forgotten once the horizon is at this time: then nothing of it would be news when it returns. */
    public boolean isForgettable(Instant before) {
        return isIdle() && !untimed && changedAt != null && changedAt.isBefore(before);
    }

    /** Whether nothing is to be expected of it but a new turn: none runs, and none is still to be read or published. */
    public boolean isIdle() {
        return !needsCalls() && turns.values().stream().noneMatch(KnownTurn::open);
    }

    /** Whether an ended turn waits for its details, or the turns themselves are still to be read. */
    public boolean needsCalls() {
        return turnsDue
                || turns.values().stream().anyMatch(turn -> !turn.waiting().isEmpty());
    }

    /** Whether a turn other than the latest runs, which only the turns mapping can show to have ended. */
    public boolean hasOpenTurnBefore(String latest) {
        return turns.entrySet().stream()
                .anyMatch(turn -> turn.getValue().open() && !turn.getKey().equals(latest));
    }

    /** The ids of those of its turns. */
    public Set<String> turns(Predicate<KnownTurn> which) {
        Set<String> ids = new LinkedHashSet<>(turns.keySet());
        ids.removeIf(id -> !which.test(turns.get(id)));
        return ids;
    }

    /** Whether a turn is known, and was seen to end: one that ran when its task was gone was not. Null is no turn. */
    public boolean hasEnded(String turnId) {
        KnownTurn turn = turnId == null ? null : turns.get(turnId);
        return turn != null && !turn.open() && turn.wasSeenToEnd();
    }

    /** Whether a turn has ended of which only a status that nobody knows was seen: when it did is among its turns. */
    boolean mayHaveEndedBefore(Task.LatestTurn latest) {
        KnownTurn turn = latest.id() == null ? null : turns.get(latest.id());
        return turn != null && turn.isUnclear() && latest.status().isTerminal();
    }

    /**
     * What is known of one turn.
     *
     * @param owed whether its end is owed as an event: it was created after the baseline, or seen open
     * @param open whether it had not ended when last seen
     * @param settled the terminal statuses that are done with: published, or silently recorded when not owed
     * @param waiting terminal statuses seen and owed, but not published yet since their details are missing
     */
    public record KnownTurn(
            boolean owed, boolean open, SortedSet<TurnStatus> settled, Map<TurnStatus, Waiting> waiting) {

        static final KnownTurn NOTHING = new KnownTurn(false, false, new TreeSet<>(), Map.of());

        public KnownTurn {
            settled = settled == null
                    ? Collections.emptySortedSet()
                    : Collections.unmodifiableSortedSet(new TreeSet<>(settled));
            waiting = waiting == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(waiting));
        }

        /** Whether it was only seen with a status that nobody knows, so that it may have ended before first contact. */
        boolean isUnclear() {
            return open && !owed;
        }

        /** Whether it was seen with a terminal status: one that ran when its task was gone was not. */
        boolean wasSeenToEnd() {
            return !settled.isEmpty() || !waiting.isEmpty();
        }

        KnownTurn settle(TurnStatus status) {
            SortedSet<TurnStatus> more = new TreeSet<>(settled);
            more.add(status);
            Map<TurnStatus, Waiting> fewer = new LinkedHashMap<>(waiting);
            fewer.remove(status);
            return new KnownTurn(owed, open, more, fewer);
        }

        KnownTurn await(TurnStatus status, Waiting entry) {
            Map<TurnStatus, Waiting> more = new LinkedHashMap<>(waiting);
            more.put(status, entry);
            return new KnownTurn(owed, open, settled, more);
        }

        KnownTurn withOpen(boolean now) {
            return new KnownTurn(owed || now, now, settled, waiting);
        }

        KnownTurn withOwed(boolean now) {
            return new KnownTurn(now, open, settled, waiting);
        }
    }

    /**
     * An ended turn whose event waits for its details.
     *
     * @param createdAt when upstream created the turn, null when not known
     * @param endedAt the best known time of its end
     * @param since when it was first seen to have ended
     * @param tries how often fetching its details has failed
     */
    public record Waiting(Instant createdAt, Instant endedAt, Instant since, int tries) {
        /** At least so many failed tries before an end is published without its details. */
        public static final int TRIES = 4;
        /** Failures pass, but the end itself does not wait for days. */
        public static final Duration PATIENCE = Duration.ofHours(1);
        /** The same if upstream answers that it has no details, or none that could be read. */
        public static final Duration PATIENCE_WHEN_REFUSED = Duration.ofMinutes(10);

        /**
         * Whether the end is published without its details after one more try without success.
         *
         * @param refused whether that was upstream's answer, and not a failed call
         */
        boolean isOver(boolean refused, Instant now) {
            return tries + 1 >= TRIES && !now.isBefore(since.plus(refused ? PATIENCE_WHEN_REFUSED : PATIENCE));
        }

        /**
         * Takes over the times that the turn itself shows, of two ends the earlier one. An end before the turn was created
         * was a guess.
         */
        Waiting dated(Instant created, Instant ended) {
            Instant begun = createdAt == null ? created : createdAt;
            boolean guess = endedAt == null || (begun != null && endedAt.isBefore(begun));
            Instant end = guess && begun != null ? begun : endedAt;
            return new Waiting(begun, ended != null && (guess || ended.isBefore(end)) ? ended : end, since, tries);
        }

        Waiting triedAgain() {
            return new Waiting(createdAt, endedAt, since, tries + 1);
        }
    }
}
