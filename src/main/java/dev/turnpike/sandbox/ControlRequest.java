package dev.turnpike.sandbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.turnpike.sandbox.http.Request;
import dev.turnpike.sandbox.http.SandboxJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Reads the JSON of a control request field by field; a field that was never read is an error of the sender. */
final class ControlRequest {
    private final JsonNode body;
    private final Set<String> read = new HashSet<>();

    /** @throws IllegalArgumentException when the body is not a JSON object */
    ControlRequest(Request request) {
        try {
            body = request.body().isBlank() ? SandboxJson.object() : SandboxJson.MAPPER.readTree(request.body());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the body is not JSON: " + e.getOriginalMessage(), e);
        }
        if (!body.isObject()) {
            throw new IllegalArgumentException("the body is not a JSON object");
        }
    }

    /** The field's value; a missing node when it is absent. */
    JsonNode node(String field) {
        read.add(field);
        JsonNode value = body.path(field);
        return value.isNull() ? MissingNode.getInstance() : value;
    }

    /** The text, null when absent. */
    String text(String field) {
        JsonNode value = node(field);
        if (!value.isMissingNode() && !value.isTextual()) {
            throw new IllegalArgumentException(field + ": " + value + " is not a text");
        }
        return value.textValue();
    }

    String text(String field, String otherwise) {
        String value = text(field);
        return value == null ? otherwise : value;
    }

    boolean flag(String field) {
        JsonNode value = node(field);
        if (!value.isMissingNode() && !value.isBoolean()) {
            throw new IllegalArgumentException(field + ": " + value + " is neither true nor false");
        }
        return value.asBoolean();
    }

    long number(String field, long otherwise) {
        JsonNode value = node(field);
        if (!value.isMissingNode() && !value.isIntegralNumber()) {
            throw new IllegalArgumentException(field + ": " + value + " is not a whole number");
        }
        return value.asLong(otherwise);
    }

    /** The number, null when absent. */
    Double decimal(String field) {
        JsonNode value = node(field);
        if (!value.isMissingNode() && !value.isNumber()) {
            throw new IllegalArgumentException(field + ": " + value + " is not a number");
        }
        return value.isMissingNode() ? null : value.doubleValue();
    }

    double decimal(String field, double otherwise) {
        Double value = decimal(field);
        return value == null ? otherwise : value;
    }

    Duration millis(String field, Duration otherwise) {
        return Duration.ofMillis(number(field, otherwise.toMillis()));
    }

    /** A list of texts, or a single one; empty when absent. */
    List<String> texts(String field) {
        JsonNode value = node(field);
        List<String> texts = new ArrayList<>();
        if (value.isTextual()) {
            texts.add(value.textValue());
        } else if (!value.isMissingNode() && !value.isArray()) {
            throw new IllegalArgumentException(field + ": " + value + " is not a list");
        }
        value.forEach(each -> texts.add(each.asText()));
        return texts;
    }

    /** @throws IllegalArgumentException when there is an unknown field */
    void complete() {
        for (String field : (Iterable<String>) body::fieldNames) {
            if (!read.contains(field)) {
                throw new IllegalArgumentException(
                        field + ": unknown here; known are " + String.join(", ", new TreeSet<>(read)));
            }
        }
    }
}
