package dev.turnpike.commandline.task;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMapReader;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.commandline.program.CommandFailedException;
import dev.turnpike.commandline.program.ExitCode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the diff of a task. Attempts are counted as the Codex CLI counts them: from 1, over those with a diff. */
@Command(name = "diff", description = "Print the unified diff of a task, ready for git apply.")
final class TaskDiff extends TaskCall {
    @Parameters(paramLabel = "TASK", description = "The task's id.")
    private String taskId;

    @Option(
            names = "--attempt",
            paramLabel = "N",
            description = "Print the diff of the N-th attempt that has one, from 1; default: 1.")
    private Integer attempt;

    @Override
    int run() {
        if (attempt != null && attempt < 1) {
            throw CommandFailedException.usage("--attempt is " + attempt + ": attempts are counted from 1");
        }
        TaskDetails details = details(taskId);
        Turn chosen = chosen(details);
        if (json) {
            ObjectNode reported = json(details.task());
            print(reported.put("diff_turn_id", chosen.id()).put("diff", chosen.diff()));
        } else {
            PrintStream diff = program.foreign();
            diff.print(chosen.diff().endsWith("\n") ? chosen.diff() : chosen.diff() + "\n");
            diff.flush();
        }
        return ExitCode.OK;
    }

    private Turn chosen(TaskDetails details) {
        List<Turn> attempts = new ArrayList<>();
        withDiff(Stream.of(details.diffTurn(), details.assistantTurn()))
                .findFirst()
                .ifPresent(attempts::add);
        boolean alone = details.task().latest().attemptCount() == 1;
        if (details.assistantTurn() != null && (attempt != null || !alone)) {
            withDiff(siblings(details.assistantTurn().id()).stream()).forEach(attempts::add);
        }
        if (attempts.isEmpty()) {
            String status = details.task().latest().status().label();
            throw CommandFailedException.failed("task " + taskId + " has no diff (" + status + ")");
        }
        attempts.sort(Turn.IN_ORDER);
        int number = attempt == null ? 1 : attempt;
        if (number > attempts.size()) {
            throw CommandFailedException.failed("--attempt " + number + ": task " + taskId + " has a diff for "
                    + (attempts.size() == 1 ? "1 attempt" : attempts.size() + " attempts"));
        }
        return attempts.get(number - 1);
    }

    private static Stream<Turn> withDiff(Stream<Turn> turns) {
        return turns.filter(turn -> turn != null && turn.diff() != null);
    }

    private List<Turn> siblings(String turnId) {
        try {
            return new TurnMapReader(DriftObserver.NONE)
                    .readSiblings(get("tasks", taskId, "turns", turnId, "sibling_turns")
                            .json());
        } catch (UpstreamException e) {
            if (attempt == null && e.kind() == UpstreamException.Kind.NOT_FOUND) {
                err.println("turnpike: failed to fetch the other attempts: " + e.getMessage());
                return List.of();
            }
            throw e;
        }
    }
}
