package dev.turnpike.codex;

/**
 * The reply to {@code GET tasks/{id}}, cut down to what may be told.
 *
 * @param task the head, never null
 * @param userTurn the current user turn, null when absent
 * @param assistantTurn the current assistant turn, null when absent
 * @param diffTurn the turn that holds the current diff, often the assistant turn again; null when absent
 */
public record TaskDetails(Task task, Turn userTurn, Turn assistantTurn, Turn diffTurn) {

    /** The assistant turn with this id; null when the details are about another one by now. */
    public Turn turn(String turnId) {
        if (assistantTurn != null && turnId.equals(assistantTurn.id())) {
            return assistantTurn;
        }
        return diffTurn != null && turnId.equals(diffTurn.id()) ? diffTurn : null;
    }
}
