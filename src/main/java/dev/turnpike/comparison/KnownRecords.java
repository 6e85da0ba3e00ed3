package dev.turnpike.comparison;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.turnpike.json.Json;

/**
 * The known state as JSON records, each with its format version, and their keys. A record that a newer Turnpike wrote
 * is refused: half of it understood could mean an event lost.
 */
public final class KnownRecords {
    private static final ObjectMapper JSON = Json.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_DEFAULT, JsonInclude.Include.NON_DEFAULT))
            .build();

    private KnownRecords() {}

    public static String accountKey(String account) {
        return "account|" + account;
    }

    public static String taskKey(String account, String taskId) {
        return taskPrefix(account) + taskId;
    }

    /** Begins the key of each task of the account. */
    public static String taskPrefix(String account) {
        return "task|" + account + "|";
    }

    public static String attemptsKey(String account, String taskId) {
        return attemptsPrefix(account) + taskId;
    }

    /** Begins the key of each task of the account that has attempts still to be told of. */
    public static String attemptsPrefix(String account) {
        return "attempts|" + account + "|";
    }

    public static JsonNode write(Record known) {
        return JSON.valueToTree(known);
    }

    /**
     * The record as its type.
     *
     * @throws IllegalStateException when the record has another version than this program writes
     */
    public static <T extends Record> T read(JsonNode record, Class<T> type, int version) {
        int written = record.path("v").asInt();
        if (written != version) {
            throw new IllegalStateException("The state topic holds a " + type.getSimpleName() + " of format " + written
                    + ", this program knows format " + version + ": run the version that wrote it, or a newer one");
        }
        try {
            return JSON.treeToValue(record, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "The state topic holds a " + type.getSimpleName() + " that cannot be read: "
                            + e.getOriginalMessage(),
                    e);
        }
    }
}
