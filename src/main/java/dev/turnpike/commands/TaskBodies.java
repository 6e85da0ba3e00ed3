package dev.turnpike.commands;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The bodies of {@code POST tasks}, as the Codex CLI sends them for new tasks and the desktop app for follow-ups. */
public final class TaskBodies {
    private TaskBodies() {}

    /**
     * A new task.
     *
     * @param environmentId the environment's id; its label or repository makes upstream fail
     * @param prompt sent unchanged
     * @param ask whether it is a question, which ends without a diff
     * @param attempts 1 to 4; 1 leaves the field out
     * @param startingDiff null for none
     */
    public static String create(
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
        return body.toString();
    }

    /**
     * More work on a task.
     *
     * @param turnId the assistant turn to go on from, which must have ended
     */
    public static String followUp(String taskId, String turnId, String prompt, boolean ask) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("follow_up")
                .put("task_id", taskId)
                .put("turn_id", turnId)
                .put("run_environment_in_qa_mode", ask);
        message(body, prompt);
        return body.toString();
    }

    private static void message(ObjectNode body, String prompt) {
        ObjectNode message = body.putArray("input_items").addObject();
        message.put("type", "message").put("role", "user");
        message.putArray("content").addObject().put("content_type", "text").put("text", prompt);
    }
}
