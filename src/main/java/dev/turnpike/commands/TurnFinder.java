package dev.turnpike.commands;

import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.codex.UpstreamException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Looks for the new turn that may have come of an attempted follow-up nobody saw the end of. */
final class TurnFinder {
    private final TaskLookup lookup;

    TurnFinder(TaskLookup lookup) {
        this.lookup = lookup;
    }

    /**
     * Turns of the followed task that go on from the run's turn with its prompt and are nobody else's.
     *
     * @param isTaken whether a turn is known to be another command's
     */
    List<Outcome.Accepted> find(CommandRun run, Predicate<String> isTaken) {
        String taskId = run.command().taskId();
        TurnMap map;
        try {
            map = lookup.turns(run.account(), taskId);
        } catch (UpstreamException e) {
            if (e.kind() != UpstreamException.Kind.NOT_FOUND) {
                throw e;
            }
            return latestOnly(run, taskId, isTaken);
        }
        List<Outcome.Accepted> found = new ArrayList<>();
        for (Turn turn : map.turns().values()) {
            if (!turn.assistant() && continues(turn, run)) {
                String answer = map.answerTo(turn).map(Turn::id).orElse(null);
                if (answer == null || !isTaken.test(answer)) {
                    found.add(Outcome.Accepted.found(taskId, answer));
                }
            }
        }
        return found;
    }

    /** Where the mapping is missing, the latest turn is all that can be looked at. */
    private List<Outcome.Accepted> latestOnly(CommandRun run, String taskId, Predicate<String> isTaken) {
        TaskDetails task = lookup.details(run.account(), taskId);
        if (task.userTurn() == null || task.assistantTurn() == null || !continues(task.userTurn(), run)) {
            return List.of();
        }
        String answer = task.assistantTurn().id();
        return isTaken.test(answer) ? List.of() : List.of(Outcome.Accepted.found(taskId, answer));
    }

    private static boolean continues(Turn user, CommandRun run) {
        boolean recent = user.createdAt() == null
                || !user.createdAt().isBefore(run.attempt().window());
        return recent && run.turnId().equals(user.previousTurnId()) && run.isPrompt(user.text());
    }
}
