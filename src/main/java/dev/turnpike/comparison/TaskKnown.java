package dev.turnpike.comparison;

import dev.turnpike.codex.TurnStatus;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What is known of one task; one small record in the state topic.
 *
 * @param v format version of the record
 * @param fingerprint of the task as it was last told; null while it never was
 * @param latestTurnId the latest turn when the task was last seen, null when upstream named none
 * @param turnsDue whether the turns mapping has still to be read for what was seen
 * @param gone whether upstream answered 404 for it; cleared when it is seen again
 * @param turns what is known of its turns (attempt 0 of each request), by turn id
 */
public record TaskKnown(
        int v, String fingerprint, String latestTurnId, boolean turnsDue, boolean gone, Map<String, TurnKnown> turns) {
    public static final int VERSION = 1;

    /** Of a task that was never seen. */
    static final TaskKnown NOTHING = new TaskKnown(VERSION, null, null, false, false, Map.of());

    public TaskKnown {
        turns = turns == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(turns));
    }

    /** Whether nothing is to be expected of it but a new turn: none runs, and none is still to be read or published. */
    public boolean isIdle() {
        return TaskActivity.of(this) == TaskActivity.IDLE;
    }

    /** Whether a turn other than the latest runs, which only the turns mapping can show to have ended. */
    public boolean hasOpenTurnBefore(String latest) {
        return turns.entrySet().stream()
                .anyMatch(turn -> turn.getValue().open() && !turn.getKey().equals(latest));
    }

    /**
     * What is known of one turn.
     *
     * @param owed whether its end is owed as an event: it was created after the baseline, or seen open
     * @param open whether it had not ended when last seen
     * @param settled the terminal statuses that are done with: published, or silently recorded when not owed
     * @param waiting terminal statuses seen and owed, but not published yet since their details are missing
     */
    public record TurnKnown(
            boolean owed, boolean open, SortedSet<TurnStatus> settled, Map<TurnStatus, Waiting> waiting) {

        static final TurnKnown NOTHING = new TurnKnown(false, false, new TreeSet<>(), Map.of());

        public TurnKnown {
            settled = settled == null
                    ? Collections.emptySortedSet()
                    : Collections.unmodifiableSortedSet(new TreeSet<>(settled));
            waiting = waiting == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(waiting));
        }

        TurnKnown settle(TurnStatus status) {
            SortedSet<TurnStatus> more = new TreeSet<>(settled);
            more.add(status);
            Map<TurnStatus, Waiting> fewer = new LinkedHashMap<>(waiting);
            fewer.remove(status);
            return new TurnKnown(owed, open, more, fewer);
        }

        TurnKnown await(TurnStatus status, Waiting entry) {
            Map<TurnStatus, Waiting> more = new LinkedHashMap<>(waiting);
            more.put(status, entry);
            return new TurnKnown(owed, open, settled, more);
        }

        TurnKnown withOpen(boolean now) {
            return new TurnKnown(owed || now, now, settled, waiting);
        }

        TurnKnown withOwed(boolean now) {
            return new TurnKnown(now, open, settled, waiting);
        }
    }
}
