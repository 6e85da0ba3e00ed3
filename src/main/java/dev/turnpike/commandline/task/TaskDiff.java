package dev.turnpike.commandline.task;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMapReader;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.commandline.program.CommandFailedException;
import dev.turnpike.commandline.program.ExitCode;
import dev.turnpike.commandline.program.Program;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the diff of a task. Attempts are counted as the Codex CLI counts them: from 1, over those with a diff. */
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
            description = "Print the diff of the N-th attempt that has one, from 1; default: 1.")
    private Integer attempt;

    TaskDiff(Program program) {
        super(program);
    }

    @Override
    int run() {
        if (attempt != null && attempt < 1) {
            throw new CommandFailedException(
                    ExitCode.USAGE, "--attempt is " + attempt + ": attempts are counted from 1");
        }
        TaskDetails details = details(taskId);
        boolean alone = details.task().latest().attemptCount() == 1;
        Turn chosen = attempt == null && alone ? own(details) : counted(details);
        if (isJson()) {
            ObjectNode reported = json(details.task());
            print(reported.put("diff_turn_id", chosen.id()).put("diff", chosen.diff()));
        } else {
            PrintStream diff = program().foreign();
            diff.print(chosen.diff().endsWith("\n") ? chosen.diff() : chosen.diff() + "\n");
            diff.flush();
        }
        return ExitCode.OK;
    }

    private Turn own(TaskDetails details) {
        for (Turn turn : turns(details)) {
            if (turn.diff() != null) {
                return turn;
            }
        }
        throw none(details);
    }

    private CommandFailedException none(TaskDetails details) {
        String status = details.task().latest().status().word();
        return new CommandFailedException(ExitCode.FAILED, "task " + taskId + " has no diff (" + status + ")");
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

    private Turn counted(TaskDetails details) {
        List<Turn> attempts = new ArrayList<>();
        turns(details).stream().filter(turn -> turn.diff() != null).findFirst().ifPresent(attempts::add);
        if (details.assistantTurn() != null) {
            siblings(details.assistantTurn().id()).stream()
                    .filter(turn -> turn.diff() != null)
                    .forEach(attempts::add);
        }
        if (attempts.isEmpty()) {
            throw none(details);
        }
        attempts.sort(Turn.IN_ORDER);
        int number = attempt == null ? 1 : attempt;
        if (number > attempts.size()) {
            throw new CommandFailedException(
                    ExitCode.FAILED,
                    "--attempt " + number + ": task " + taskId + " has a diff for "
                            + (attempts.size() == 1 ? "1 attempt" : attempts.size() + " attempts"));
        }
        return attempts.get(number - 1);
    }

    private List<Turn> siblings(String turnId) {
        try {
            return new TurnMapReader(DriftObserver.NONE)
                    .readSiblings(get("tasks", taskId, "turns", turnId, "sibling_turns")
                            .json());
        } catch (UpstreamException e) {
            if (attempt == null && e.kind() == UpstreamException.Kind.NOT_FOUND) {
                program().err().println("turnpike: failed to fetch the other attempts: " + e.getMessage());
                return List.of();
            }
            throw e;
        }
    }
}
