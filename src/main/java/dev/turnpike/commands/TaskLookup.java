package dev.turnpike.commands;

import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.TaskDetailsReader;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.codex.TurnMapReader;

/** Asks upstream about one task; what is not to be had or cannot be read is an {@code UpstreamException}. */
final class TaskLookup {
    private final CodexCalls calls;
    // polling reads the same replies, and tells of drift
    private final TaskDetailsReader details = new TaskDetailsReader(DriftObserver.NONE);
    private final TurnMapReader turns = new TurnMapReader(DriftObserver.NONE);

    TaskLookup(CodexCalls calls) {
        this.calls = calls;
    }

    TaskDetails details(CommandAccount account, String taskId) {
        return details.read(calls.call(account.get("tasks", taskId)).json(), taskId);
    }

    /** All its turns. */
    TurnMap turns(CommandAccount account, String taskId) {
        return turns.read(calls.call(account.get("tasks", taskId, "turns")).json());
    }
}
