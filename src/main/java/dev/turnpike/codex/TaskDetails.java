package dev.turnpike.codex;

import java.util.Optional;

/**
 * The reply to {@code GET tasks/{id}}, reduced to what may be published.
 *
 * @param task the head, never null
 * @param userTurn the current user turn, null when absent
 * @param assistantTurn the current assistant turn, null when absent
 * @param diffTurn the turn that holds the current diff, often the assistant turn again; null when absent
 */
public record TaskDetails(Task task, Turn userTurn, Turn assistantTurn, Turn diffTurn) {

    /** The assistant turn with this id; null when the details are about another turn. */
    public Turn turn(String turnId) {
        if (assistantTurn != null && turnId.equals(assistantTurn.id())) {
            return assistantTurn;
        }
        return diffTurn != null && turnId.equals(diffTurn.id()) ? diffTurn : null;
    }

    /**
     * The latest turn of the task, empty while it has not ended. Head and turn are read separately, so neither may
     * still be open.
     *
     * @throws UpstreamException of kind {@code MALFORMED} when no latest turn is named
     */
    public Optional<Turn> endedTurn() {
        if (assistantTurn == null) {
            throw UpstreamException.malformed("the task's details name no latest turn");
        }
        Task.LatestTurn shown = task.latest();
        boolean same = assistantTurn.id().equals(shown.id());
        boolean ended =
                assistantTurn.status().isTerminal() || (same && shown.status().isTerminal());
        boolean running = same && shown.word() != null && !shown.status().isTerminal();
        return ended && !running ? Optional.of(assistantTurn) : Optional.empty();
    }
}
