package dev.turnpike.commandline.task;

import dev.turnpike.commandline.program.Program;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Commands about tasks, which call the API directly, without Kafka. */
@Command(
        name = "task",
        description = "Start Codex tasks, follow up on them and show them, from a terminal or a CI job.",
        mixinStandardHelpOptions = true)
public final class TaskCommands {
    private TaskCommands() {}

    public static CommandLine of(Program program) {
        return new CommandLine(new TaskCommands())
                .addSubcommand(new TaskCreate(program))
                .addSubcommand(new TaskFollowUp(program))
                .addSubcommand(new TaskStatus(program))
                .addSubcommand(new TaskList(program))
                .addSubcommand(new TaskDiff(program));
    }
}
