package dev.turnpike.sandbox.api;

import static dev.turnpike.sandbox.api.RequestRejectedException.invalid;
import static dev.turnpike.sandbox.api.RequestRejectedException.missing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.sandbox.http.Request;
import dev.turnpike.sandbox.http.SandboxJson;
import dev.turnpike.sandbox.world.TaskRequest;
import java.util.ArrayList;
import java.util.List;

/** Reads and checks the body of {@code POST tasks} as strictly as the service does. */
final class TaskCreation {
    private static final List<String> FORMS = List.of("follow_up", "new_task", "review_fix");

    private final JsonNode body;
    private final String form;
    private final JsonNode task;

    /** @throws RequestRejectedException with a 400 when the body is not one of the accepted forms */
    TaskCreation(Request request) {
        if (!request.isJson()) {
            throw noObject("('body',)");
        }
        try {
            body = SandboxJson.MAPPER.readTree(request.body());
        } catch (JsonProcessingException e) {
            throw invalid("json_invalid", "('body', 0)", "JSON decode error");
        }
        if (!body.isObject()) {
            throw noObject("('body',)");
        }
        List<String> forms = FORMS.stream().filter(body::hasNonNull).toList();
        if (forms.size() != 1) {
            throw wrong("('body',)", "exactly one of follow_up, new_task, review_fix must be provided");
        }
        form = forms.get(0);
        task = body.path(form);
        if (form.equals("review_fix")) {
            throw wrong("('body', 'review_fix')", "not a review of this workspace");
        }
        if (!task.isObject()) {
            throw noObject("('body', '" + form + "')");
        }
    }

    private static RequestRejectedException noObject(String location) {
        return invalid("model_attributes_type", location, "Input should be a valid dictionary");
    }

    static RequestRejectedException wrong(String location, String message) {
        return invalid("value_error", location, "Value error, " + message);
    }

    boolean isFollowUp() {
        return form.equals("follow_up");
    }

    TaskRequest newTask(String account) {
        return new TaskRequest(
                account, text("environment_id"), text("branch"), prompt(), null, attempts(), isQuestion());
    }

    int attempts() {
        JsonNode count = body.path("metadata").path("best_of_n");
        if (count.isMissingNode() || count.isNull()) {
            return 1;
        }
        if (!count.isInt() || count.intValue() < 1 || count.intValue() > 4) {
            throw invalid("value_error", "('body', 'metadata', 'best_of_n')", "Input should be between 1 and 4");
        }
        return count.intValue();
    }

    /** The user's prompt: text fragments of the user's messages, joined by blank lines. */
    String prompt() {
        JsonNode items = body.path("input_items");
        String location = "('body', 'input_items')";
        if (items.isMissingNode() || items.isNull()) {
            throw missing(location);
        }
        if (!items.isArray() || items.isEmpty()) {
            throw invalid("too_short", location, "List should have at least 1 item after validation");
        }
        List<String> fragments = new ArrayList<>();
        for (int index = 0; index < items.size(); index++) {
            JsonNode item = items.get(index);
            String part = "('body', 'input_items', " + index + ", ";
            if (!item.path("type").isTextual()) {
                throw missing(part + "'type')");
            }
            if (item.path("type").textValue().equals("message")) {
                if (!item.path("content").isArray()) {
                    throw invalid("list_type", part + "'content')", "Input should be a valid list");
                }
                for (JsonNode fragment : item.path("content")) {
                    if (fragment.path("content_type").asText().equals("text")) {
                        fragments.add(fragment.path("text").asText());
                    }
                }
            }
        }
        fragments.removeIf(String::isEmpty);
        if (fragments.isEmpty()) {
            throw wrong(location, "a message with text is required");
        }
        return String.join("\n\n", fragments);
    }

    /** A field of the form that has to be there. */
    String text(String field) {
        JsonNode value = task.path(field);
        if (value.isMissingNode()) {
            throw missing(location(field));
        }
        if (!value.isTextual()) {
            throw invalid("string_type", location(field), "Input should be a valid string");
        }
        return value.textValue();
    }

    boolean isQuestion() {
        JsonNode mode = task.path("environment_mode");
        if (mode.isTextual()) {
            if (!List.of("ask", "code").contains(mode.textValue())) {
                throw invalid("literal_error", location("environment_mode"), "Input should be ask or code");
            }
            return mode.textValue().equals("ask");
        }
        JsonNode flag = task.path("run_environment_in_qa_mode");
        if (!flag.isMissingNode() && !flag.isNull() && !flag.isBoolean()) {
            throw invalid("bool_type", location("run_environment_in_qa_mode"), "Input should be a valid boolean");
        }
        return flag.asBoolean();
    }

    private String location(String field) {
        return "('body', '" + form + "', '" + field + "')";
    }
}
