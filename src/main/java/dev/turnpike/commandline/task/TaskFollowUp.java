package dev.turnpike.commandline.task;

import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.commandline.program.CommandFailedException;
import picocli.CommandLine.Command;

/** Sends a follow-up to a task. */
@Command(
        name = "follow-up",
        customSynopsis = "turnpike task follow-up [OPTIONS] TASK PROMPT...",
        description = "Send a follow-up to a task whose latest turn has ended. The first word is the task's id.")
final class TaskFollowUp extends TaskSending {
    @Override
    int run() {
        if (words.size() < 2) {
            throw CommandFailedException.usage("task or prompt is missing: TASK PROMPT");
        }
        String taskId = words.get(0);
        String prompt = prompt(words.subList(1, words.size()));
        TaskDetails details = details(taskId);
        TurnStatus status = details.task().latest().status();
        if (details.assistantTurn() == null || !status.isTerminal()) {
            throw CommandFailedException.failed("the latest turn of " + taskId + " has not ended (" + status.label()
                    + "): wait with ./turnpike task status, then follow up");
        }
        checkUsage();
        return send(account.followUp(taskId, details.assistantTurn().id(), prompt, ask));
    }
}
