package dev.turnpike.codex;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The work that Codex accepted, as the reply to {@code POST tasks} names it.
 *
 * @param taskId null when the reply names no task
 * @param turnId null when the reply does not name the turn
 */
public record AcceptedTask(String taskId, String turnId) {

    public static AcceptedTask of(JsonNode reply) {
        Fields fields = new Fields(reply);
        String taskId = fields.child("task").text("id");
        return new AcceptedTask(
                taskId != null ? taskId : fields.text("id"),
                fields.child("turn").text("id"));
    }
}
