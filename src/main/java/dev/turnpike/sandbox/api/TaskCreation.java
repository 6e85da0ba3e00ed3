package dev.turnpike.sandbox.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.sandbox.http.Request;
import dev.turnpike.sandbox.http.SandboxJson;
import dev.turnpike.sandbox.world.TaskRequest;

/** Reads and checks the body of {@code POST tasks} as strictly as the service does. */
final class TaskCreation {
    private final JsonNode body;

    private TaskCreation(JsonNode body) {
        this.body = body;
    }

    /** @throws RequestRejectedException with a 400 when the body is not one of the accepted forms */
    static TaskCreation of(Request request) {
        String type = request.header("content-type");
        if (type == null || !type.startsWith("application/json")) {
            throw RequestRejectedException.invalid(
                    "model_attributes_type", "('body',)", "Input should be a valid dictionary");
        }
        JsonNode body;
        try {
            body = SandboxJson.MAPPER.readTree(request.body());
        } catch (JsonProcessingException e) {
            throw RequestRejectedException.invalid("json_invalid", "('body', 0)", "JSON decode error");
        }
        if (!body.isObject()) {
            throw RequestRejectedException.invalid(
                    "model_attributes_type", "('body',)", "Input should be a valid dictionary");
        }
        int forms = 0;
        for (String form : new String[] {"follow_up", "new_task", "review_fix"}) {
            forms += body.hasNonNull(form) ? 1 : 0;
        }
        if (forms != 1) {
            throw RequestRejectedException.invalid(
                    "value_error",
                    "('body',)",
                    "Value error, exactly one of follow_up, new_task, review_fix must be provided");
        }
        if (body.hasNonNull("review_fix")) {
            throw RequestRejectedException.invalid(
                    "value_error", "('body', 'review_fix')", "Value error, not a review of this workspace");
        }
        return new TaskCreation(body);
    }

    boolean isFollowUp() {
        return body.hasNonNull("follow_up");
    }

    TaskRequest newTask(String account) {
        JsonNode task = object("new_task");
        String environment = text(task, "new_task", "environment_id");
        String branch = text(task, "new_task", "branch");
        TaskRequest request = TaskRequest.plain()
                .withAccount(account)
                .withEnvironment(environment)
                .withBranch(branch)
                .withPrompt(prompt())
                .withAttempts(attempts());
        return question(task, "new_task") ? request.asQuestion() : request;
    }

    String followedTask() {
        return text(object("follow_up"), "follow_up", "task_id");
    }

    String followedTurn() {
        return text(object("follow_up"), "follow_up", "turn_id");
    }

    boolean followsWithQuestion() {
        return question(object("follow_up"), "follow_up");
    }

    int attempts() {
        JsonNode count = body.path("metadata").path("best_of_n");
        if (count.isMissingNode() || count.isNull()) {
            return 1;
        }
        if (!count.isInt() || count.intValue() < 1 || count.intValue() > 4) {
            throw RequestRejectedException.invalid(
                    "value_error", "('body', 'metadata', 'best_of_n')", "Input should be between 1 and 4");
        }
        return count.intValue();
    }

    /** The user's prompt: text fragments of the user's messages, joined by blank lines. */
    String prompt() {
        JsonNode items = body.path("input_items");
        if (items.isMissingNode() || items.isNull()) {
            throw RequestRejectedException.missing("('body', 'input_items')");
        }
        if (!items.isArray() || items.isEmpty()) {
            throw RequestRejectedException.invalid(
                    "too_short", "('body', 'input_items')", "List should have at least 1 item after validation");
        }
        StringBuilder prompt = new StringBuilder();
        for (int index = 0; index < items.size(); index++) {
            JsonNode item = items.get(index);
            if (!item.path("type").isTextual()) {
                throw RequestRejectedException.missing("('body', 'input_items', " + index + ", 'type')");
            }
            if (item.path("type").asText().equals("message")) {
                append(prompt, item.path("content"), index);
            }
        }
        if (prompt.isEmpty()) {
            throw RequestRejectedException.invalid(
                    "value_error", "('body', 'input_items')", "Value error, a message with text is required");
        }
        return prompt.toString();
    }

    private static void append(StringBuilder prompt, JsonNode content, int index) {
        if (!content.isArray()) {
            throw RequestRejectedException.invalid(
                    "list_type", "('body', 'input_items', " + index + ", 'content')", "Input should be a valid list");
        }
        for (JsonNode fragment : content) {
            if (fragment.path("content_type").asText().equals("text")
                    && !fragment.path("text").asText().isEmpty()) {
                prompt.append(prompt.isEmpty() ? "" : "\n\n")
                        .append(fragment.path("text").asText());
            }
        }
    }

    private JsonNode object(String form) {
        JsonNode node = body.path(form);
        if (!node.isObject()) {
            throw RequestRejectedException.invalid(
                    "model_attributes_type", "('body', '" + form + "')", "Input should be a valid dictionary");
        }
        return node;
    }

    private static String text(JsonNode form, String name, String field) {
        JsonNode value = form.path(field);
        String location = "('body', '" + name + "', '" + field + "')";
        if (value.isMissingNode()) {
            throw RequestRejectedException.missing(location);
        }
        if (!value.isTextual()) {
            throw RequestRejectedException.invalid("string_type", location, "Input should be a valid string");
        }
        return value.textValue();
    }

    private static boolean question(JsonNode form, String name) {
        JsonNode mode = form.path("environment_mode");
        if (mode.isTextual()) {
            if (!mode.textValue().equals("ask") && !mode.textValue().equals("code")) {
                throw RequestRejectedException.invalid(
                        "literal_error", "('body', '" + name + "', 'environment_mode')", "Input should be ask or code");
            }
            return mode.textValue().equals("ask");
        }
        JsonNode flag = form.path("run_environment_in_qa_mode");
        if (!flag.isMissingNode() && !flag.isNull() && !flag.isBoolean()) {
            throw RequestRejectedException.invalid(
                    "bool_type",
                    "('body', '" + name + "', 'run_environment_in_qa_mode')",
                    "Input should be a valid boolean");
        }
        return flag.asBoolean();
    }
}
