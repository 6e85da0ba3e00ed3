package dev.turnpike.commandline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.SiblingTurnsReader;
import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.UpstreamException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints what a task changed. Attempts are counted as the Codex CLI counts them: from 1, over those with a diff. */
@Command(
        name = "diff",
        description = "Print the unified diff of a task, ready for git apply.",
        mixinStandardHelpOptions = true)
final class TaskDiff extends TaskCall {
    @Parameters(paramLabel = "TASK", description = "The task's id.")
    private String taskId;

    @Option(
            names = "--attempt",
            paramLabel = "N",
            description = "Of several attempts the N-th of those that have a diff; default: the first attempt's.")
    private Integer attempt;

    TaskDiff(Program program) {
        super(program);
    }

    @Override
    int run() {
        TaskDetails details = details(taskId);
        Turn chosen = attempt == null ? own(details) : counted(details, attempt);
        if (isJson()) {
            ObjectNode told = json(details.task());
            put(told, "diff_turn_id", chosen.id());
            print(told.put("diff", chosen.diff()));
        } else {
            program().out().print(chosen.diff().endsWith("\n") ? chosen.diff() : chosen.diff() + "\n");
            program().out().flush();
        }
        return ExitCode.OK;
    }

    private Turn own(TaskDetails details) {
        for (Turn turn : turns(details)) {
            if (turn.diff() != null) {
                return turn;
            }
        }
        throw new RefusedException(
                ExitCode.FAILED,
                "task " + taskId + " has no diff ("
                        + details.task().latest().status().word() + ")");
    }

    private static List<Turn> turns(TaskDetails details) {
        List<Turn> turns = new ArrayList<>();
        if (details.diffTurn() != null) {
            turns.add(details.diffTurn());
        }
        if (details.assistantTurn() != null) {
            turns.add(details.assistantTurn());
        }
        return turns;
    }

    private Turn counted(TaskDetails details, int number) {
        List<Turn> attempts = new ArrayList<>();
        turns(details).stream().filter(turn -> turn.diff() != null).findFirst().ifPresent(attempts::add);
        if (details.assistantTurn() != null) {
            siblings(details.assistantTurn().id()).stream()
                    .filter(turn -> turn.diff() != null)
                    .forEach(attempts::add);
        }
        attempts.sort(Comparator.comparingInt(Turn::attempt)
                .thenComparing(Turn::createdAt, Comparator.nullsLast(Comparator.<Instant>naturalOrder())));
        if (number < 1 || number > attempts.size()) {
            throw new RefusedException(
                    ExitCode.FAILED,
                    "--attempt " + number + ": " + attempts.size() + " attempts of task " + taskId + " have a diff");
        }
        return attempts.get(number - 1);
    }

    private List<Turn> siblings(String turnId) {
        try {
            return new SiblingTurnsReader(DriftObserver.NONE)
                    .read(get("tasks", taskId, "turns", turnId, "sibling_turns").json());
        } catch (UpstreamException e) {
            if (e.kind() == UpstreamException.Kind.NOT_FOUND) {
                return List.of();
            }
            throw e;
        }
    }
}
