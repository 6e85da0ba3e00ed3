package dev.turnpike.commands;

import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.codex.UpstreamException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Looks for the new task that may have come of an attempt nobody saw the end of. */
final class TaskFinder {
    private final LatestTasks latest;
    private final TaskLookup lookup;

    TaskFinder(LatestTasks latest, TaskLookup lookup) {
        this.latest = latest;
        this.lookup = lookup;
    }

    /**
     * New tasks with the run's prompt that are nobody else's.
     *
     * @param isTaken whether a task is known to be another command's
     */
    List<Outcome.Accepted> find(CommandRun run, Predicate<String> isTaken) {
        List<Outcome.Accepted> found = new ArrayList<>();
        for (Task task : latest.downTo(run.account(), run.attempt().window())) {
            if (isNew(task, run.attempt().window())
                    && !isTaken.test(task.id())
                    && !run.attempt().ruledOut().contains(task.id())) {
                // its first prompt stays what it is: what does not match now never will
                match(run, task.id())
                        .ifPresentOrElse(
                                found::add, () -> run.attempt().ruledOut().add(task.id()));
            }
        }
        return found;
    }

    private static boolean isNew(Task task, Instant window) {
        return task.createdAt() == null || !task.createdAt().isBefore(window);
    }

    private Optional<Outcome.Accepted> match(CommandRun run, String taskId) {
        TaskDetails task;
        try {
            task = lookup.details(run.account(), taskId);
        } catch (UpstreamException e) {
            if (e.kind() == UpstreamException.Kind.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
        Turn user = task.userTurn();
        if (user == null) {
            throw UpstreamException.malformed("the details of a new task do not show its prompt");
        }
        if (user.previousTurnId() != null) {
            return firstOf(run, taskId);
        }
        Turn answer = task.assistantTurn();
        return run.isPrompt(user.text())
                ? Optional.of(Outcome.Accepted.found(taskId, answer == null ? null : answer.id()))
                : Optional.empty();
    }

    /** The task was followed up meanwhile: its first prompt is in the mapping. */
    private Optional<Outcome.Accepted> firstOf(CommandRun run, String taskId) {
        TurnMap map = lookup.turns(run.account(), taskId);
        return map.turns().values().stream()
                .filter(turn -> !turn.assistant() && turn.previousTurnId() == null && run.isPrompt(turn.text()))
                .findFirst()
                .map(turn ->
                        Outcome.Accepted.found(
                                taskId, map.answerTo(turn).map(Turn::id).orElse(null)));
    }
}
