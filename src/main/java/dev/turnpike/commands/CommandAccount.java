package dev.turnpike.commands;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.credentials.Credentials;
import java.util.List;
import java.util.Map;

/**
 * The account that executes a command, with the requests that start work: new tasks as sent by the Codex CLI,
 * follow-ups as by the desktop app.
 *
 * @param id workspace and user
 * @param prompts the custom prompts next to its sign-in file
 */
public record CommandAccount(String id, Credentials credentials, CustomPrompts prompts) {

    public CodexRequest get(String... path) {
        return CodexRequest.get(credentials, id, path);
    }

    /**
     * Starts a task.
     *
     * @param environmentId the environment's id; upstream fails on a label or repository
     * @param prompt sent unchanged
     * @param ask whether it is a question, which ends without a diff
     * @param attempts 1 to 4; 1 leaves the field out
     * @param startingDiff null for none
     */
    public CodexRequest create(
            String environmentId, String branch, String prompt, boolean ask, int attempts, String startingDiff) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("new_task")
                .put("environment_id", environmentId)
                .put("branch", branch)
                .put("run_environment_in_qa_mode", ask);
        message(body, prompt);
        if (startingDiff != null) {
            ObjectNode patch = body.withArrayProperty("input_items").addObject().put("type", "pre_apply_patch");
            patch.putObject("output_diff").put("diff", startingDiff);
        }
        if (attempts > 1) {
            body.putObject("metadata").put("best_of_n", attempts);
        }
        return post(body);
    }

    /**
     * Continues a task.
     *
     * @param turnId the assistant turn to go on from, which must have ended
     */
    public CodexRequest followUp(String taskId, String turnId, String prompt, boolean ask) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("follow_up")
                .put("task_id", taskId)
                .put("turn_id", turnId)
                .put("run_environment_in_qa_mode", ask);
        message(body, prompt);
        return post(body);
    }

    private static void message(ObjectNode body, String prompt) {
        ObjectNode message = body.putArray("input_items").addObject();
        message.put("type", "message").put("role", "user");
        message.putArray("content").addObject().put("content_type", "text").put("text", prompt);
    }

    private CodexRequest post(ObjectNode body) {
        return new CodexRequest(credentials, id, "POST", List.of("tasks"), Map.of(), body.toString(), false);
    }

    @Override
    public String toString() {
        return id;
    }
}
