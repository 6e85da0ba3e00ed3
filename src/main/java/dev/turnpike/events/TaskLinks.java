package dev.turnpike.events;

import dev.turnpike.codex.Task;

/** Links to tasks, as printed by the Codex CLI: the API's base URL without {@code /backend-api}. */
public final class TaskLinks {
    private final String root;

    /** @param baseUrl the setting {@code codex.base-url}, which has neither user name nor query */
    public TaskLinks(String baseUrl) {
        this.root = baseUrl.replaceFirst("(/backend-api)?/*$", "");
    }

    public String of(String taskId) {
        return root + "/codex/tasks/" + EventRecords.encoded(taskId);
    }

    /** The task's page; for a thread, of which no page is known, that of Codex itself. */
    public String of(Task task) {
        return task.isThread() ? root + "/codex" : of(task.id());
    }
}
