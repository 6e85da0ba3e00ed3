package dev.turnpike.comparison;

import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Follows the turns of a task back one by one through {@code previous_turn_id} if the mapping is missing, until a turn that
 * is already known, or the first. Then come those that are known to have ended and still wait for their content: the details
 * show it of the latest turn only.
 */
public final class TurnChain {
    private static final int LONGEST = 200;

    private final KnownTask known;
    private final Map<String, Turn> turns = new LinkedHashMap<>();
    /** The turns that were followed back so far; none is followed twice. */
    private final Set<String> passed = new HashSet<>();
    /** The turns at which following back begins. */
    private final Set<String> ends = new LinkedHashSet<>();

    /**
     * A chain that begins at the latest turn.
     *
     * @param latest null when upstream did not name it: then the details say
     * @param known null when the task was never seen
     * @param details of the task, null when they were not read
     */
    public TurnChain(String latest, KnownTask known, TaskDetails details) {
        this.known = known;
        if (latest != null) {
            ends.add(latest);
        }
        if (details != null) {
            put(details.userTurn());
            put(details.assistantTurn());
            if (latest == null && details.assistantTurn() != null) {
                ends.add(details.assistantTurn().id());
            }
        }
        if (known != null) {
            ends.addAll(known.turns(turn -> !turn.waiting().isEmpty()));
        }
    }

    private void put(Turn turn) {
        if (turn != null) {
            turns.put(turn.id(), turn);
        }
    }

    /**
     * Reads the turns that are not here yet.
     *
     * @param read a turn by its id; null if upstream does not show it, which ends the chain
     */
    public TurnMap followed(Function<String, Turn> read) {
        for (String end : ends) {
            for (String id = end; id != null; id = before(turns.get(id))) {
                if (!turns.containsKey(id)) {
                    Turn turn = turns.size() < LONGEST ? read.apply(id) : null;
                    if (turn == null) {
                        return new TurnMap(null, turns, turns.size() < LONGEST);
                    }
                    turns.put(id, turn);
                }
                passed.add(id);
            }
        }
        return new TurnMap(null, turns);
    }

    /** The turn before, null when the chain may end. */
    private String before(Turn turn) {
        String previous = turn.previousTurnId();
        return passed.contains(previous) || (known != null && known.hasEnded(previous)) ? null : previous;
    }
}
