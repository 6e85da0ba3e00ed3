package dev.turnpike.codex;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Reads the reply to {@code GET tasks/{id}}. */
public record TaskDetailsReader(DriftObserver drift) {
    /**
     * The details of one task.
     *
     * @param taskId the task that was requested
     * @throws UpstreamException of kind {@code MALFORMED} when there is no task in the reply, or another than was requested
     */
    public TaskDetails read(JsonNode reply, String taskId) {
        Fields details = new Fields(reply);
        Fields task = details.child("task");
        if (!task.isPresent()) {
            throw UpstreamException.malformed("The details hold a task that is "
                    + Fields.kind(details.object().get("task")) + ", an object is expected");
        }
        String id = task.id("id");
        if (id != null && !id.equals(taskId)) {
            throw UpstreamException.malformed("The details are of another task: asked=" + taskId + " got=" + id);
        }
        drift.fields("details", reply);
        Fields display = details.child("task_status_display");
        if (!display.isPresent()) {
            display = task.child("task_status_display");
        }
        Task head = new TaskReader(drift).head(taskId, task, display);
        String currentTurn = either(head.latest().id(), task.id("current_turn_id"));
        Turn user = turn(details.child("current_user_turn"), null, false);
        Turn assistant = turn(details.child("current_assistant_turn"), currentTurn, true);
        // without an id it may belong to an earlier turn, so it is not used
        Turn diff = turn(details.child("current_diff_task_turn"), null, true);
        if (assistant != null && diff != null && assistant.id().equals(diff.id())) {
            assistant = merged(diff, assistant);
            diff = assistant;
        }
        return new TaskDetails(head, user, assistant, diff);
    }

    /** Null when there is no turn, or none that could be distinguished from another. */
    private Turn turn(Fields turn, String otherwise, boolean assistant) {
        if (!turn.isPresent()) {
            return null;
        }
        String id = turn.id("id");
        if (id == null) {
            drift.missing("turn.id");
            id = otherwise;
        }
        return id == null ? null : new TurnReader(drift).read(id, turn, assistant);
    }

    /** Merges two copies of one turn in a reply, keeping what only one of them has. */
    private static Turn merged(Turn diff, Turn assistant) {
        return new Turn(
                assistant.id(),
                true,
                assistant.attempt(),
                assistant.status() == TurnStatus.UNKNOWN ? diff.status() : assistant.status(),
                either(assistant.createdAt(), diff.createdAt()),
                either(assistant.lastEventAt(), diff.lastEventAt()),
                either(assistant.previousTurnId(), diff.previousTurnId()),
                assistant.siblingTurnIds().isEmpty() ? diff.siblingTurnIds() : assistant.siblingTurnIds(),
                either(diff.text(), assistant.text()),
                diff.diff() != null ? diff.diff() : assistant.diff(),
                diff.diff() != null ? diff.diffStats() : assistant.diffStats(),
                either(assistant.error(), diff.error()),
                either(assistant.branch(), diff.branch()),
                either(assistant.repository(), diff.repository()),
                List.of());
    }

    private static <T> T either(T first, T second) {
        return first != null ? first : second;
    }
}
