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
 * {@code id} and {@code type} beside the fields.
 */
final class CommandReader {
    /** A command must fit a Kafka record together with its state in the log, and as a dead letter. */
    static final int LARGEST = 700 * 1024;

    private static final Set<String> ENVELOPE =
            Set.of("id", "type", "source", "specversion", "time", "subject", "datacontenttype", "dataschema", "data");
    private static final ObjectMapper JSON = Json.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final int LONGEST_ID = 256;

    /** A record of the commands' topic is no valid command; the message says why. */
    static final class MalformedCommandException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient TaskCommand.Key key;
        private final CommandRejectedException rejection;

        /**
         * @param key null where the record has no usable id, so that no reply can be sent
         * @param reason {@code malformed} or {@code unsupported}
         * @param expected what would be right, null where nothing would
         */
        MalformedCommandException(TaskCommand.Key key, String reason, String detail, String expected) {
            super(detail);
            this.key = key;
            this.rejection = new CommandRejectedException(reason, detail, expected);
        }

        TaskCommand.Key key() {
            return key;
        }

        CommandRejectedException rejection() {
            return rejection;
        }
    }

    /** @throws MalformedCommandException when it is no command */
    TaskCommand read(ConsumerRecord<String, byte[]> message) {
        String type = EventRecords.header(message.headers(), "ce_type");
        String id = EventRecords.header(message.headers(), "ce_id");
        TaskCommand.Key fromHeaders = key(EventRecords.header(message.headers(), "ce_source"), id);
        if (message.value() == null || message.value().length == 0) {
            throw malformed(fromHeaders, "the record has no value", "a JSON object with the command's fields");
        }
        if (message.value().length > LARGEST) {
            throw malformed(
                    fromHeaders,
                    "the command has " + message.value().length + " bytes",
                    "at most " + LARGEST + " bytes");
        }
        JsonNode json = json(fromHeaders, message.value());
        if (type != null || id != null) {
            return command(fromHeaders, type, json);
        }
        TaskCommand.Key key = key(text(json, "source"), text(json, "id"));
        JsonNode data = json.get("data");
        if (data == null) {
            ObjectNode fields = json.deepCopy();
            fields.remove(ENVELOPE);
            data = fields;
        } else if (!data.isObject()) {
            throw malformed(key, "data is no JSON object", "an object with the command's fields");
        }
        return command(key, text(json, "type"), data);
    }

    private static JsonNode json(TaskCommand.Key key, byte[] value) {
        try {
            JsonNode json = Json.undamaged(JSON, value);
            if (json instanceof ObjectNode) {
                return json;
            }
            throw malformed(key, "the record's value is no JSON object", "a JSON object");
        } catch (JsonProcessingException e) {
            throw malformed(
                    key, "the record's value is not JSON" + Json.place(e), "a JSON object, in UTF-8, each field once");
        } catch (IOException e) {
            throw malformed(key, "the record's value is not JSON", "a JSON object, in UTF-8");
        }
    }

    private static TaskCommand command(TaskCommand.Key key, String type, JsonNode data) {
        if (key == null) {
            throw malformed(
                    null,
                    "the command has no usable id",
                    "ce_id in the headers or id in the JSON: 1 to " + LONGEST_ID
                            + " characters, no control characters");
        }
        return new CommandFields(key, data).command(type);
    }

    private static TaskCommand.Key key(String source, String id) {
        return usable(id) ? new TaskCommand.Key(usable(source) ? source : "", id) : null;
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

    private static MalformedCommandException malformed(TaskCommand.Key key, String detail, String expected) {
        return new MalformedCommandException(key, "malformed", detail, expected);
    }
}
