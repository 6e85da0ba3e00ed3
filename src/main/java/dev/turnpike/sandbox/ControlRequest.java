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
import java.util.function.Predicate;

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

    JsonNode node(String field, Predicate<JsonNode> isRight, String wrong) {
        JsonNode value = node(field);
        if (!value.isMissingNode() && !isRight.test(value)) {
            throw new IllegalArgumentException(field + ": " + value + " " + wrong);
        }
        return value;
    }

    /** The text, null when absent. */
    String text(String field) {
        return node(field, JsonNode::isTextual, "is not a text").textValue();
    }

    String text(String field, String otherwise) {
        String value = text(field);
        return value == null ? otherwise : value;
    }

    boolean flag(String field) {
        return node(field, JsonNode::isBoolean, "is neither true nor false").asBoolean();
    }

    long number(String field, long otherwise) {
        return node(field, value -> value.isIntegralNumber() && value.canConvertToLong(), "is not a whole number")
                .asLong(otherwise);
    }

    int number(String field, int otherwise, int least, int most) {
        return node(
                        field,
                        value -> value.isIntegralNumber()
                                && value.canConvertToInt()
                                && value.intValue() >= least
                                && value.intValue() <= most,
                        "is not between " + least + " and " + most)
                .asInt(otherwise);
    }

    Double decimal(String field, Double otherwise) {
        JsonNode value = node(field, JsonNode::isNumber, "is not a number");
        return value.isMissingNode() ? otherwise : Double.valueOf(value.doubleValue());
    }

    Duration millis(String field, Duration otherwise) {
        return Duration.ofMillis(number(field, (int) otherwise.toMillis(), 0, Integer.MAX_VALUE));
    }

    /** A list of texts, or a single one; empty when absent. */
    List<String> texts(String field) {
        JsonNode value = node(field, given -> given.isTextual() || given.isArray(), "is not a list");
        List<String> texts = new ArrayList<>();
        if (value.isTextual()) {
            texts.add(value.textValue());
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
