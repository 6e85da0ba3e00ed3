package dev.turnpike.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Creates all readers and writers of JSON. Their limit for a text is the largest reply that can be allowed: external
 * input is bounded in bytes before it is decoded, and Jackson's own limit of 20 million characters is below the largest
 * {@code codex.max-reply-bytes}. Field names are not interned: maps with ids as field names would fill the tables, at
 * ten times the cost of reading them.
 */
public final class Json {
    /** The largest value of {@code codex.max-reply-bytes}; a text has no more characters than bytes. */
    public static final int LONGEST_TEXT = 1_073_741_824;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(LONGEST_TEXT)
                    .build())
            .build();

    /** For trees, in and out. */
    public static final ObjectMapper MAPPER = builder().build();

    private Json() {}

    /** For records of our own topics: times as text, absent in place of null, unknown fields of a later version ignored. */
    public static JsonMapper.Builder records() {
        return builder()
                .addModule(new JavaTimeModule().addDeserializer(Instant.class, new InstantReader()))
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .defaultPropertyInclusion(
                        JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL));
    }

    /** For what needs features of its own. */
    public static JsonMapper.Builder builder() {
        return JsonMapper.builder(FACTORY);
    }

    /**
     * Loads a table of strings by name from a JSON resource in the package of a class.
     *
     * @throws UncheckedIOException when this program was not packaged with it
     */
    public static Map<String, List<String>> table(Class<?> beside, String file) {
        try (InputStream table = beside.getResourceAsStream(file)) {
            return MAPPER.readValue(table, new TypeReference<Map<String, List<String>>>() {});
        } catch (IOException e) {
            throw new UncheckedIOException(file + " beside " + beside.getName() + " cannot be read", e);
        }
    }

    /**
     * Reads what must arrive undamaged. Jackson's reader of characters, which names that are not canonicalized need,
     * takes bytes that are no UTF-8 for U+FFFD.
     *
     * @throws CharacterCodingException when it is not UTF-8
     * @throws JsonProcessingException when it is not JSON
     */
    public static JsonNode undamaged(ObjectMapper mapper, byte[] bytes) throws IOException {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        return mapper.readTree(bytes);
    }

    /** A tree of external text; missing where that is empty or not JSON. The error is dropped, since it quotes the text. */
    public static JsonNode orMissing(byte[] bytes) {
        try {
            return MAPPER.readTree(bytes);
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }

    public static JsonNode orMissing(String text) {
        return orMissing(text.getBytes(StandardCharsets.UTF_8));
    }

    public static String text(Object value) {
        return text(MAPPER, value);
    }

    /** On one line, as this mapper writes it; for values of our own, which can always be written. */
    public static String text(ObjectMapper mapper, Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "cannot be written as JSON: " + value.getClass().getName(), e);
        }
    }

    /** The same as UTF-8. */
    public static byte[] bytes(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "cannot be written as JSON: " + value.getClass().getName(), e);
        }
    }

    /**
     * Line and column of a JSON error, as the end of a sentence; empty where unknown. Jackson's own message quotes the
     * text and may not be logged.
     */
    public static String place(JsonProcessingException failure) {
        JsonLocation at = failure.getLocation();
        return at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    }
}
