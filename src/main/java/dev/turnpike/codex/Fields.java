package dev.turnpike.codex;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Reads the fields of one JSON object leniently: a field of the wrong type counts as absent, since upstream's format is
 * not documented and one odd field must not hide the rest.
 */
public record Fields(JsonNode object) {
    /** Start of the year 2100: a later time is an error, such as milliseconds read as seconds. */
    private static final double LATEST_SECOND = 4_102_444_800d;

    private static final int LONGEST_ID = 256;
    private static final Pattern ID = Pattern.compile("(?!\\.\\.?$)[!-~]{1," + LONGEST_ID + "}");
    private static final int LONGEST_WORD = 64;
    /** Blanks, a percent sign, a currency by its sign, its code or a word. */
    private static final Pattern UNIT = Pattern.compile(
            "^[\\s\\p{Z}]*\\p{L}[\\p{L}./]{0,3}(?=[\\s\\p{Z}\\p{Sc}]*[+-]?\\d)|([A-Z]{3}|[\\s\\p{Z}]\\p{L}+\\.?)[\\s\\p{Z}]*$|[\\s\\p{Z}\\p{Sc}%]");

    private static final Pattern THOUSANDS = Pattern.compile("[+-]?\\d{1,3}([,'’]\\d{2,3})*[,'’]\\d{3}(\\.\\d+)?");
    /** As in German, with at least a comma or two points, since a point alone separates decimals. */
    private static final Pattern COMMA =
            Pattern.compile("[+-]?(\\d{1,3}(\\.\\d{3})+|\\d+),\\d{1,2}|[+-]?\\d{1,3}(\\.\\d{3}){2,}");

    public Fields {
        if (object == null || !object.isObject()) {
            object = MissingNode.getInstance();
        }
    }

    public boolean isPresent() {
        return object.isObject();
    }

    /** The object under this name; reads as empty when it is absent. */
    public Fields child(String name) {
        return new Fields(object.get(name));
    }

    /** The array's elements, objects or not; none when it is absent. */
    public Iterable<JsonNode> list(String name) {
        JsonNode value = object.get(name);
        return value != null && value.isArray() ? value : List.<JsonNode>of();
    }

    /** The array's elements, each read as an object; none when it is absent. */
    public List<Fields> objects(String name) {
        JsonNode value = object.path(name);
        return value.isArray() ? value.valueStream().map(Fields::new).toList() : List.of();
    }

    /** Null when absent or blank. */
    public String text(String name) {
        JsonNode value = object.get(name);
        return value != null && value.isTextual() && !value.textValue().isBlank() ? value.textValue() : null;
    }

    /** Null when absent. */
    public Boolean bool(String name) {
        JsonNode value = object.get(name);
        String text = value == null ? "" : value.asText("");
        return text.matches("(?i)true|false|[01]")
                ? Boolean.valueOf(text.equals("1") || Boolean.parseBoolean(text))
                : null;
    }

    /** A whole number from 0 up; empty when absent. */
    OptionalInt count(String name) {
        JsonNode value = object.get(name);
        boolean usable = value != null && value.isNumber() && value.canConvertToInt() && value.intValue() >= 0;
        return usable && value.canConvertToExactIntegral() ? OptionalInt.of(value.intValue()) : OptionalInt.empty();
    }

    /** Unix seconds, with or without a fraction; null when absent, not a number or out of range. */
    Instant instant(String name) {
        JsonNode value = object.get(name);
        if (value == null || !value.isNumber()) {
            return null;
        }
        double seconds = value.doubleValue();
        if (!isUsable(seconds)) {
            return null;
        }
        BigDecimal micros = BigDecimal.valueOf(seconds).movePointRight(6).setScale(0, RoundingMode.HALF_UP);
        long whole = micros.longValueExact();
        return Instant.ofEpochSecond(whole / 1_000_000, whole % 1_000_000 * 1_000);
    }

    /** Text without blanks around it, cut if it is longer; null when absent. */
    public String text(String name, int longest) {
        String text = text(name);
        if (text == null) {
            return null;
        }
        return cut(text.strip(), longest);
    }

    /** At most so many characters of a text, which never end within a surrogate pair. */
    static String cut(String text, int longest) {
        if (text.length() <= longest) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest);
    }

    /** A finite number, written as one or as text; null when absent. */
    public Double number(String name) {
        String decimal = decimal(name);
        double number = decimal == null ? Double.NaN : Double.parseDouble(decimal);
        return Double.isFinite(number) ? Double.valueOf(number) : null;
    }

    /**
     * A decimal number, written as one or as text, which may have a currency, a percent sign or thousands separated, or the
     * amount of an object; null when absent.
     */
    public String decimal(String name) {
        JsonNode value = object.path(name).isObject() ? object.path(name).path("amount") : object.path(name);
        String text = value.isNumber() || value.isTextual()
                ? UNIT.matcher(value.asText()).replaceAll("")
                : "";
        if (text.isEmpty() || text.length() > LONGEST_WORD) {
            return null;
        }
        if (THOUSANDS.matcher(text).matches()) {
            text = text.replaceAll("[,'’]", "");
        } else if (COMMA.matcher(text).matches()) {
            text = text.replace(".", "").replace(',', '.');
        }
        try {
            return Math.abs((long) new BigDecimal(text).scale()) > 300 ? null : text;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Unix seconds or milliseconds, written as a number or as text; null when absent or out of range. */
    private Instant seconds(String name) {
        Double number = number(name);
        double seconds = number == null ? 0 : number < LATEST_SECOND ? number : number / 1_000;
        return isUsable(seconds) ? Instant.ofEpochSecond((long) seconds) : null;
    }

    private static boolean isUsable(double seconds) {
        return seconds > 0 && seconds < LATEST_SECOND;
    }

    /** Unix seconds or milliseconds, or ISO 8601 text; null when absent or out of range. */
    public Instant time(String name) {
        try {
            Instant time = OffsetDateTime.parse(object.path(name).asText()).toInstant();
            return isUsable((double) time.getEpochSecond()) ? time : null;
        } catch (DateTimeParseException e) {
            return seconds(name);
        }
    }

    /** Upstream's value, cleaned for use in keys, ids and log lines. */
    public static String word(String text) {
        String word = text.length() <= LONGEST_WORD ? text : text.substring(0, LONGEST_WORD);
        return word.replaceAll("[^A-Za-z0-9_.-]", "_");
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

    /** The type of a JSON value, for messages. */
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
        return ID.matcher(id).matches();
    }
}
