package dev.turnpike.commands;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.turnpike.json.Json;

/** The log's records as JSON. One that a newer Turnpike wrote is refused: half understood, a task could come twice. */
final class CommandStates {
    private static final ObjectMapper JSON = Json.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();

    private CommandStates() {}

    static JsonNode write(CommandState state) {
        return JSON.valueToTree(state);
    }

    static CommandState read(JsonNode record) {
        int written = record.path("v").asInt();
        if (written != CommandState.VERSION) {
            throw new IllegalStateException("The command log holds a command of format " + written
                    + ", this program knows format " + CommandState.VERSION
                    + ": run the version that wrote it, or a newer one");
        }
        try {
            return JSON.treeToValue(record, CommandState.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "The command log holds a command that cannot be read: " + e.getOriginalMessage(), e);
        }
    }
}
