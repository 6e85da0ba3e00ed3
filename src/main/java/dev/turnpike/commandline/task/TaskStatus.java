package dev.turnpike.commandline.task;

import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.commandline.output.DisplayText;
import dev.turnpike.commandline.program.ExitCode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows one task. */
@Command(name = "status", description = "Show a task. Exits with 0 when its latest turn completed, else with 1.")
final class TaskStatus extends TaskCall {
    @Parameters(paramLabel = "TASK", description = "The task's id.")
    private String taskId;

    @Override
    int run() {
        TaskDetails details = details(taskId);
        Task task = details.task();
        if (json) {
            print(json(task));
        } else {
            String title = task.title() == null ? task.id() : DisplayText.plain(task.title());
            out.println((painted(task) + "  " + title + "  " + changed(task)).stripTrailing());
            if (task.environment() != null) {
                int attempts = task.latest().attemptCount();
                out.println(DisplayText.plain(task.environment()
                        + (task.branch() == null ? "" : " on " + task.branch())
                        + (attempts > 1 ? ", " + attempts + " attempts" : "")));
            }
            Turn turn = details.assistantTurn();
            if (turn != null && turn.error() != null && turn.error().message() != null) {
                out.println(DisplayText.plain(turn.error().message()));
            }
            out.println(connection.links().of(task.id()));
        }
        return task.latest().status() == TurnStatus.COMPLETED ? ExitCode.OK : ExitCode.FAILED;
    }
}
