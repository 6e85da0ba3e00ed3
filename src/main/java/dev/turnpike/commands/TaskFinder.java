package dev.turnpike.commands;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.MalformedItemException;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.TaskDetailsReader;
import dev.turnpike.codex.TaskPage;
import dev.turnpike.codex.TaskReader;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.codex.TurnMapReader;
import dev.turnpike.codex.UpstreamException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Looks through an account's tasks: how many run, and what may have come of an attempt nobody saw the end of. */
final class TaskFinder {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PAGE = 20;
    /** So far down the list is looked; it begins with what changed last. */
    private static final int MOST_PAGES = 10;

    private final CodexCalls calls;
    private final TaskReader tasks;
    private final TaskDetailsReader details;
    private final TurnMapReader turns;

    TaskFinder(CodexCalls calls) {
        this.calls = calls;
        // polling reads the same replies, and tells of drift
        DriftObserver quiet = DriftObserver.NONE;
        this.tasks = new TaskReader(quiet);
        this.details = new TaskDetailsReader(quiet);
        this.turns = new TurnMapReader(quiet);
    }

    /** A task or turn that may have come of an attempt; the turn is null when upstream does not name it. */
    record Found(String taskId, String turnId) {}

    /** How many of the account's latest tasks have a turn that runs. */
    int running(CommandRun run) {
        List<Task> listed = new ArrayList<>();
        walk(run, task -> {
            listed.add(task);
            return false;
        });
        return (int) listed.stream()
                .filter(task -> task.latest().id() != null || task.latest().word() != null)
                .filter(task -> !task.latest().status().isTerminal())
                .count();
    }

    /** The latest turn of the task that a follow-up goes on from. */
    Turn latestTurn(JsonNode reply, String taskId) {
        TaskDetails task = details.read(reply, taskId);
        Turn turn = task.assistantTurn();
        if (turn == null) {
            throw UpstreamException.malformed("the task's details name no latest turn");
        }
        Task.LatestTurn shown = task.task().latest();
        boolean same = turn.id().equals(shown.id());
        boolean ended = turn.status().isTerminal() || (same && shown.status().isTerminal());
        boolean running = same && shown.word() != null && !shown.status().isTerminal();
        return ended && !running ? turn : null;
    }

    /**
     * New tasks with the run's prompt that are nobody else's.
     *
     * @param isTaken whether a task is known to be another command's
     */
    List<Found> newTasks(CommandRun run, Predicate<String> isTaken) {
        List<Task> candidates = new ArrayList<>();
        walk(run, task -> {
            Instant created = task.createdAt();
            if ((created == null || !created.isBefore(run.window()))
                    && !isTaken.test(task.id())
                    && !run.ruledOut().contains(task.id())) {
                candidates.add(task);
            }
            return task.updatedAt() != null && task.updatedAt().isBefore(run.window());
        });
        List<Found> found = new ArrayList<>();
        for (Task candidate : candidates) {
            Found match = match(run, candidate.id());
            if (match == null) {
                run.ruledOut().add(candidate.id());
            } else {
                found.add(match);
            }
        }
        return found;
    }

    private Found match(CommandRun run, String taskId) {
        JsonNode reply;
        try {
            reply = calls.call(run.get("tasks", taskId)).json();
        } catch (UpstreamException e) {
            if (e.kind() == UpstreamException.Kind.NOT_FOUND) {
                return null;
            }
            throw e;
        }
        TaskDetails task = details.read(reply, taskId);
        Turn user = task.userTurn();
        Turn answer = task.assistantTurn();
        if (user == null) {
            throw UpstreamException.malformed("the details of a new task do not show its prompt");
        }
        if (user.previousTurnId() == null) {
            return same(user.text(), run.prompt()) ? new Found(taskId, answer == null ? null : answer.id()) : null;
        }
        // followed up meanwhile: the first prompt is in the mapping
        TurnMap map = map(run, taskId);
        for (Turn turn : map.turns().values()) {
            if (!turn.assistant() && turn.previousTurnId() == null && same(turn.text(), run.prompt())) {
                return new Found(taskId, answerTo(map, turn));
            }
        }
        return null;
    }

    /** Turns of the followed task that go on from the run's turn with its prompt and are nobody else's. */
    List<Found> newTurns(CommandRun run, Predicate<String> isTaken) {
        String taskId = run.command().taskId();
        TurnMap map;
        try {
            map = map(run, taskId);
        } catch (UpstreamException e) {
            if (e.kind() != UpstreamException.Kind.NOT_FOUND) {
                throw e;
            }
            return latestOnly(run, taskId, isTaken);
        }
        List<Found> found = new ArrayList<>();
        for (Turn turn : map.turns().values()) {
            if (!turn.assistant() && continues(turn, run)) {
                String answer = answerTo(map, turn);
                if (answer == null || !isTaken.test(answer)) {
                    found.add(new Found(taskId, answer));
                }
            }
        }
        return found;
    }

    /** Where the mapping is missing, the latest turn is all that can be looked at. */
    private List<Found> latestOnly(CommandRun run, String taskId, Predicate<String> isTaken) {
        JsonNode reply = calls.call(run.get("tasks", taskId)).json();
        TaskDetails task = details.read(reply, taskId);
        if (task.userTurn() == null || task.assistantTurn() == null || !continues(task.userTurn(), run)) {
            return List.of();
        }
        String answer = task.assistantTurn().id();
        return isTaken.test(answer) ? List.of() : List.of(new Found(taskId, answer));
    }

    private static boolean continues(Turn user, CommandRun run) {
        boolean recent = user.createdAt() == null || !user.createdAt().isBefore(run.window());
        return recent && run.turnId().equals(user.previousTurnId()) && same(user.text(), run.prompt());
    }

    private static String answerTo(TurnMap map, Turn user) {
        return map.turns().values().stream()
                .filter(turn ->
                        turn.assistant() && turn.attempt() == 0 && user.id().equals(turn.previousTurnId()))
                .map(Turn::id)
                .findFirst()
                .orElse(null);
    }

    private TurnMap map(CommandRun run, String taskId) {
        JsonNode reply = calls.call(run.get("tasks", taskId, "turns")).json();
        return turns.read(reply);
    }

    private static boolean same(String one, String other) {
        return one != null && other != null && one.strip().equals(other.strip());
    }

    /** Shows every task of the list, a page at a time, until the visitor has seen enough. */
    private void walk(CommandRun run, Predicate<Task> enough) {
        Set<String> cursors = new HashSet<>();
        String cursor = null;
        for (int page = 0; page < MOST_PAGES; page++) {
            CodexRequest request = run.get("tasks", "list")
                    .with("limit", Integer.toString(PAGE))
                    .with("task_filter", "current");
            CodexCalls.Reply reply = calls.call(cursor == null ? request : request.with("cursor", cursor));
            TaskPage listed = page(reply.json());
            boolean seen = !listed.items().isEmpty();
            for (JsonNode item : listed.items()) {
                // an item that cannot be read might be the one that is looked for, so the look counts for nothing
                seen &= enough.test(task(item));
            }
            cursor = listed.cursor();
            if (seen || cursor == null || !cursors.add(cursor)) {
                return;
            }
        }
    }

    private static TaskPage page(JsonNode reply) {
        try {
            return JSON.treeToValue(reply, TaskPage.class);
        } catch (JsonProcessingException e) {
            throw UpstreamException.malformed("the task list cannot be read");
        }
    }

    private Task task(JsonNode item) {
        try {
            return tasks.read(item);
        } catch (MalformedItemException e) {
            throw UpstreamException.malformed(e.getMessage());
        }
    }
}
