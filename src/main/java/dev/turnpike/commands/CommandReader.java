package dev.turnpike.commands;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.events.EventRecords;
import dev.turnpike.json.Json;
import java.io.IOException;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Reads a record of the commands' topic: a CloudEvent in Kafka's binary or structured mode, or plain JSON with
 * {@code id} and {@code type} next to the fields.
 */
record CommandReader(ConsumerRecord<String, byte[]> message) {
    /** A command must fit a Kafka record together with its state in the log, and as a dead letter. */
    static final int LARGEST = 700 * 1024;

    private static final Set<String> ENVELOPE =
            Set.of("id", "type", "source", "specversion", "time", "subject", "datacontenttype", "dataschema", "data");
    private static final ObjectMapper JSON = Json.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final int LONGEST_ID = 256;

    /** @throws CommandRejectedException when it is no command: {@code malformed} or {@code unsupported} */
    TaskCommand command() {
        JsonNode json = json();
        JsonNode data = isBinary() ? json : data(json);
        TaskCommand.Key key = key(json);
        if (key == null) {
            throw malformed(
                    "the command has no usable id",
                    "ce_id in the headers or id in the JSON: 1 to " + LONGEST_ID
                            + " characters, no control characters");
        }
        return new CommandFields(key, data).command(isBinary() ? header("ce_type") : text(json, "type"));
    }

    /** Of a record that may be no command; null where it has no usable id, so that no reply can be sent. */
    TaskCommand.Key key() {
        try {
            return key(isBinary() ? null : json());
        } catch (CommandRejectedException e) {
            return null;
        }
    }

    private TaskCommand.Key key(JsonNode json) {
        String id = isBinary() ? header("ce_id") : text(json, "id");
        String source = isBinary() ? header("ce_source") : text(json, "source");
        return usable(id) ? new TaskCommand.Key(usable(source) ? source : "", id) : null;
    }

    private boolean isBinary() {
        return header("ce_type") != null || header("ce_id") != null;
    }

    private String header(String name) {
        return EventRecords.header(message.headers(), name);
    }

    private JsonNode json() {
        byte[] value = message.value();
        if (value == null || value.length == 0) {
            throw malformed("the record has no value", "a JSON object with the command's fields");
        }
        if (value.length > LARGEST) {
            throw malformed("the command has " + value.length + " bytes", "at most " + LARGEST + " bytes");
        }
        try {
            JsonNode json = Json.undamaged(JSON, value);
            if (json instanceof ObjectNode) {
                return json;
            }
            throw malformed("the record's value is no JSON object", "a JSON object");
        } catch (JsonProcessingException e) {
            throw malformed(
                    "the record's value is not JSON" + Json.place(e), "a JSON object, in UTF-8, each field once");
        } catch (IOException e) {
            throw malformed("the record's value is not JSON", "a JSON object, in UTF-8");
        }
    }

    private static JsonNode data(JsonNode json) {
        JsonNode data = json.get("data");
        if (data == null) {
            ObjectNode fields = json.deepCopy();
            return fields.remove(ENVELOPE);
        }
        if (!data.isObject()) {
            throw malformed("data is no JSON object", "an object with the command's fields");
        }
        return data;
    }

    private static boolean usable(String text) {
        return text != null
                && !text.isBlank()
                && text.length() <= LONGEST_ID
                && text.chars().noneMatch(Character::isISOControl);
    }

    private static String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        return value.isTextual() ? value.textValue() : null;
    }

    static CommandRejectedException malformed(String detail, String expected) {
        return new CommandRejectedException("malformed", detail, expected);
    }
}
