package dev.turnpike.usage;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** JSON values as they are meant, or null: upstream's shape is not promised. */
final class Lenient {
    /** Start of the year 2100: milliseconds taken for seconds, and other nonsense, lie beyond it. */
    private static final double LATEST_SECOND = 4_102_444_800d;

    private Lenient() {}

    static Boolean bool(JsonNode value) {
        return value.isBoolean() ? Boolean.valueOf(value.booleanValue()) : null;
    }

    /** A finite number, written as one or as text. */
    static Double number(JsonNode value) {
        String decimal = decimal(value);
        double number = decimal == null ? Double.NaN : Double.parseDouble(decimal);
        return Double.isFinite(number) ? Double.valueOf(number) : null;
    }

    /** A whole number from 0 up. */
    static Integer count(JsonNode value) {
        Double number = number(value);
        return number == null || number < 0 || number > Integer.MAX_VALUE ? null : Integer.valueOf(number.intValue());
    }

    /** A decimal number as upstream writes it, whether as a number or as text. */
    static String decimal(JsonNode value) {
        if (!value.isNumber() && !value.isTextual()) {
            return null;
        }
        String text = value.asText().strip();
        if (text.length() > 64) {
            return null;
        }
        try {
            return Math.abs((long) new BigDecimal(text).scale()) > 300 ? null : text;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Unix seconds; null when beyond all reason. */
    static Instant instant(JsonNode value) {
        Double seconds = number(value);
        return seconds == null || seconds <= 0 || seconds >= LATEST_SECOND
                ? null
                : Instant.ofEpochSecond(seconds.longValue());
    }

    /** Unix seconds, or text as ISO 8601 has it. */
    static Instant time(JsonNode value) {
        if (value.isTextual()) {
            try {
                return OffsetDateTime.parse(value.textValue()).toInstant();
            } catch (DateTimeParseException e) {
                return instant(value);
            }
        }
        return instant(value);
    }

    /** Text that is not blank, cut where it is long. */
    static String text(JsonNode value, int longest) {
        if (!value.isTextual() || value.textValue().isBlank()) {
            return null;
        }
        String text = value.textValue().strip();
        return text.length() <= longest ? text : text.substring(0, longest);
    }

    /** Upstream's word made fit for keys, ids and log lines. */
    static String word(String text) {
        String word = text.length() <= 64 ? text : text.substring(0, 64);
        return word.replaceAll("[^A-Za-z0-9_.-]", "_");
    }
}
