package dev.turnpike.polling;

import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.comparison.TaskKnown;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Follows the turns of a task back one by one through {@code previous_turn_id} where the mapping is missing, until a turn that
 * is already known, or the first. Then come those that are known to have ended and still wait for their content: the details
 * show it of the latest turn only.
 */
final class TurnChain {
    private static final int LONGEST = 200;

    private final TaskKnown known;
    private final Map<String, Turn> turns = new LinkedHashMap<>();
    /** The way back so far, which leads in no circle. */
    private final Set<String> passed = new HashSet<>();

    private final Deque<String> waiting = new ArrayDeque<>();

    private String next;
    private boolean cut;

    /**
     * A chain that begins at the latest turn.
     *
     * @param latest null when upstream did not name it: then the details say
     * @param details of the task, null when they were not read
     */
    TurnChain(String latest, TaskKnown known, TaskDetails details) {
        this.known = known;
        this.next = latest;
        if (known != null) {
            known.turns().forEach((id, turn) -> {
                if (!turn.waiting().isEmpty()) {
                    waiting.add(id);
                }
            });
        }
        if (details != null) {
            put(details.userTurn());
            put(details.assistantTurn());
            if (next == null && details.assistantTurn() != null) {
                next = details.assistantTurn().id();
            }
        }
        skipKnown();
    }

    private void put(Turn turn) {
        if (turn != null) {
            turns.put(turn.id(), turn);
        }
    }

    /** Past turns that are here already, to those that wait where the way back has ended. */
    private void skipKnown() {
        while (next == null ? !waiting.isEmpty() : turns.containsKey(next)) {
            next = next == null ? waiting.poll() : before(next);
        }
    }

    /** The turn before, null when the chain may end. */
    private String before(String id) {
        passed.add(id);
        String previous = turns.get(id).previousTurnId();
        boolean settled = previous != null
                && known != null
                && known.turns().containsKey(previous)
                && !known.turns().get(previous).open();
        return settled || passed.contains(previous) ? null : previous;
    }

    /** The turn to ask for; null when there is none. */
    String next() {
        return turns.size() < LONGEST ? next : null;
    }

    void add(Turn turn) {
        turns.put(next, turn);
        next = before(next);
        skipKnown();
    }

    /**
     * Upstream does not show the turn: the chain ends where it is.
     *
     * @param mayPass whether it may show the turn later
     */
    void end(boolean mayPass) {
        next = null;
        cut = mayPass;
    }

    TurnMap turns() {
        return new TurnMap(null, turns, cut);
    }
}
