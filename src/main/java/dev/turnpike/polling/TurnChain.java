package dev.turnpike.polling;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.comparison.TaskKnown;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The turns of a task followed back one by one through {@code previous_turn_id}, for where the mapping is missing: until
 * a turn that is already known, or the first.
 */
public final class TurnChain {
    private static final int LONGEST = 200;

    private final Walk walk;
    private final String taskId;
    private final TaskKnown known;
    private final Map<String, Turn> turns = new LinkedHashMap<>();
    private String next;

    /**
     * A chain that begins at the latest turn.
     *
     * @param latest null when upstream did not name it: then the details tell
     * @param details of the task, null when they were not read
     */
    TurnChain(Walk walk, String taskId, String latest, TaskKnown known, TaskDetails details) {
        this.walk = walk;
        this.taskId = taskId;
        this.known = known;
        this.next = latest;
        if (details != null) {
            add(details.userTurn());
            add(details.assistantTurn());
            if (next == null && details.assistantTurn() != null) {
                next = details.assistantTurn().id();
            }
        }
        skipKnown();
    }

    private void add(Turn turn) {
        if (turn != null) {
            turns.put(turn.id(), turn);
        }
    }

    /** Past turns that the details brought already. */
    private void skipKnown() {
        while (next != null && turns.containsKey(next)) {
            next = before(turns.get(next));
        }
    }

    /** The turn before, null when the chain may end. */
    private String before(Turn turn) {
        String previous = turn.previousTurnId();
        boolean settled = previous != null
                && known != null
                && known.turns().containsKey(previous)
                && !known.turns().get(previous).open();
        return settled || turns.containsKey(previous) ? null : previous;
    }

    /** Whether there is another turn to ask for. */
    public boolean isMore() {
        return next != null && turns.size() < LONGEST;
    }

    public CodexRequest getRequest() {
        return walk.request("tasks", taskId, "turns", next);
    }

    void arrived(Turn turn) {
        turns.put(next, turn);
        next = before(turn);
        skipKnown();
    }

    /** The turn endpoint is missing too: the chain ends where it is. */
    void broken() {
        next = null;
    }

    TurnMap turns() {
        return new TurnMap(null, turns);
    }
}
