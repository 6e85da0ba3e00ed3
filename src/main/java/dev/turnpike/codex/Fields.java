package dev.turnpike.codex;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The fields of one JSON object, read leniently: a field of the wrong type is treated as absent, since upstream's
 * shape is not promised and one odd field must not hide the rest.
 */
record Fields(JsonNode object) {
    /** Start of the year 2100: milliseconds taken for seconds, and other nonsense, lie beyond it. */
    private static final double LATEST_SECOND = 4_102_444_800d;

    private static final int LONGEST_ID = 256;

    Fields {
        if (object == null || !object.isObject()) {
            object = MissingNode.getInstance();
        }
    }

    boolean isPresent() {
        return object.isObject();
    }

    /** The object under this name; reads as empty when it is absent. */
    Fields child(String name) {
        return new Fields(object.get(name));
    }

    /** The array's elements, objects or not; none when it is absent. */
    Iterable<JsonNode> list(String name) {
        JsonNode value = object.get(name);
        return value != null && value.isArray() ? value : List.<JsonNode>of();
    }

    /** Null when absent or blank. */
    String text(String name) {
        JsonNode value = object.get(name);
        return value != null && value.isTextual() && !value.textValue().isBlank() ? value.textValue() : null;
    }

    /** Null when absent. */
    Boolean bool(String name) {
        JsonNode value = object.get(name);
        return (value != null && value.isBoolean()) ? Boolean.valueOf(value.booleanValue()) : null;
    }

    /** A whole number from 0 up; empty when absent. */
    OptionalInt count(String name) {
        JsonNode value = object.get(name);
        boolean usable = value != null && value.isNumber() && value.canConvertToInt() && value.intValue() >= 0;
        return usable && value.canConvertToExactIntegral() ? OptionalInt.of(value.intValue()) : OptionalInt.empty();
    }

    /** Unix seconds, with or without a fraction; null when absent, not a number or beyond all reason. */
    Instant instant(String name) {
        JsonNode value = object.get(name);
        if (value == null || !value.isNumber()) {
            return null;
        }
        double seconds = value.doubleValue();
        if (!(seconds > 0 && seconds < LATEST_SECOND)) {
            return null;
        }
        BigDecimal micros = BigDecimal.valueOf(seconds).movePointRight(6).setScale(0, RoundingMode.HALF_UP);
        long whole = micros.longValueExact();
        return Instant.ofEpochSecond(whole / 1_000_000, whole % 1_000_000 * 1_000);
    }

    /** An identifier fit for a path, a Kafka key and a header; null when absent or unfit. */
    String id(String name) {
        return usableId(object.get(name));
    }

    /** The usable identifiers of an array; empty when it is absent. */
    List<String> ids(String name) {
        List<String> ids = new ArrayList<>();
        for (JsonNode value : list(name)) {
            String id = usableId(value);
            if (id != null) {
                ids.add(id);
            }
        }
        return ids;
    }

    /** Why {@link #id} gives null for this field, for messages. */
    String idProblem(String name) {
        JsonNode value = object.get(name);
        if (value == null || value.isNull()) {
            return "has no " + name;
        }
        if (!value.isTextual()) {
            return "has an " + name + " that is " + kind(value) + " instead of a string";
        }
        return "has an " + name + " that is empty, longer than " + LONGEST_ID
                + " characters, or holds spaces, control or non-ASCII characters";
    }

    /** What kind of JSON value this is, for messages. */
    static String kind(JsonNode value) {
        return value == null
                ? "absent"
                : switch (value.getNodeType()) {
                    case ARRAY -> "an array";
                    case BOOLEAN -> "a boolean";
                    case MISSING -> "absent";
                    case NULL -> "null";
                    case NUMBER -> "a number";
                    case OBJECT -> "an object";
                    case STRING -> "a string";
                    case BINARY, POJO -> "not JSON";
                };
    }

    static String usableId(JsonNode value) {
        return value != null && value.isTextual() && isUsableId(value.textValue()) ? value.textValue() : null;
    }

    static boolean isUsableId(String id) {
        return !id.isEmpty()
                && id.length() <= LONGEST_ID
                && !id.equals(".")
                && !id.equals("..")
                && id.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }
}
