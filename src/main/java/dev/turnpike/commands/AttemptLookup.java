package dev.turnpike.commands;

import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.TaskDetailsReader;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.codex.TurnMapReader;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.call.CodexClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Searches for the new tasks, or the new turns of a task, that an attempt in doubt may have started. */
record AttemptLookup(CodexClient codex) {
    // polling reads the same replies and reports drift
    private static final TaskDetailsReader DETAILS = new TaskDetailsReader(DriftObserver.NONE);
    private static final TurnMapReader TURNS = new TurnMapReader(DriftObserver.NONE);

    /**
     * New tasks, or turns, with the run's prompt.
     *
     * @param isTaken whether a task, or turn, is known not to be of this attempt
     * @throws UpstreamException when one cannot be fetched or read, so that the result is unknown
     */
    List<Outcome.Accepted> search(CommandRun run, Predicate<String> isTaken) {
        return run.isFollowUp() ? turns(run, isTaken) : tasks(run, isTaken);
    }

    private List<Outcome.Accepted> tasks(CommandRun run, Predicate<String> isTaken) {
        Instant window = run.window;
        List<Outcome.Accepted> found = new ArrayList<>();
        for (Task task : new ListedTasks(codex, run.account).downTo(window)) {
            boolean isNew = task.createdAt() == null || !task.createdAt().isBefore(window);
            if (isNew && !isTaken.test(task.id()) && !run.ruledOut.contains(task.id())) {
                // the first prompt never changes, so a task that does not match now never will
                match(run, task.id()).ifPresentOrElse(found::add, () -> run.ruledOut.add(task.id()));
            }
        }
        return found;
    }

    private Optional<Outcome.Accepted> match(CommandRun run, String taskId) {
        TaskDetails task = unlessGone(() -> details(run, taskId));
        if (task == null) {
            return Optional.empty();
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

    /** The task was followed up meanwhile, so its first prompt is in the turns mapping. */
    private Optional<Outcome.Accepted> firstOf(CommandRun run, String taskId) {
        TurnMap map = turnMap(run, taskId);
        return map.turns().values().stream()
                .filter(turn -> !turn.assistant() && turn.previousTurnId() == null && run.isPrompt(turn.text()))
                .findFirst()
                .map(turn -> Outcome.Accepted.found(taskId, answer(map, turn)));
    }

    private static String answer(TurnMap map, Turn user) {
        return map.answerTo(user).map(Turn::id).orElse(null);
    }

    /** Turns of the followed task that go on from the run's turn. */
    private List<Outcome.Accepted> turns(CommandRun run, Predicate<String> isTaken) {
        String taskId = run.command().taskId();
        TurnMap map = unlessGone(() -> turnMap(run, taskId));
        return map == null
                ? latestTurn(run, taskId, isTaken)
                : map.turns().values().stream()
                        .filter(turn -> !turn.assistant() && continues(turn, run))
                        .map(turn -> Outcome.Accepted.found(taskId, answer(map, turn)))
                        .filter(turn -> turn.turnId() == null || !isTaken.test(turn.turnId()))
                        .toList();
    }

    /** Null where upstream has no such thing. */
    private static <T> T unlessGone(Supplier<T> call) {
        try {
            return call.get();
        } catch (UpstreamException e) {
            if (e.kind() == UpstreamException.Kind.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    /** Where upstream has no mapping, only the latest turn can be checked. */
    private List<Outcome.Accepted> latestTurn(CommandRun run, String taskId, Predicate<String> isTaken) {
        TaskDetails task = details(run, taskId);
        if (task.userTurn() == null || task.assistantTurn() == null || !continues(task.userTurn(), run)) {
            return List.of();
        }
        String answer = task.assistantTurn().id();
        return isTaken.test(answer) ? List.of() : List.of(Outcome.Accepted.found(taskId, answer));
    }

    private static boolean continues(Turn user, CommandRun run) {
        boolean recent = user.createdAt() == null || !user.createdAt().isBefore(run.window);
        return recent && run.turnId.equals(user.previousTurnId()) && run.isPrompt(user.text());
    }

    private TaskDetails details(CommandRun run, String taskId) {
        return DETAILS.read(codex.call(run.account.get("tasks", taskId)).json(), taskId);
    }

    private TurnMap turnMap(CommandRun run, String taskId) {
        return TURNS.read(codex.call(run.account.get("tasks", taskId, "turns")).json());
    }
}
