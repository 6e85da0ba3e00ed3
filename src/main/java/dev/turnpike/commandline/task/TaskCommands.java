package dev.turnpike.commandline.task;

import picocli.CommandLine.Command;

/** Commands about tasks, which call the API directly, without Kafka. */
@Command(
        name = "task",
        description = "Start Codex tasks, follow up on them and show them, from a terminal or a CI job.",
        subcommands = {TaskCreate.class, TaskFollowUp.class, TaskStatus.class, TaskList.class, TaskDiff.class},
        mixinStandardHelpOptions = true)
public final class TaskCommands {}
