package dev.turnpike.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.turnpike.contract.Examples;
import dev.turnpike.events.Event.Form;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * Holds events and Kafka records against what readers are promised: the headers of CloudEvents' Kafka binding, read by
 * the CloudEvents SDK as a stranger would, and the JSON Schema of the type. The schemas allow unknown fields, since
 * readers are to ignore them; here we must not send any.
 */
public final class EventSchemas {
    private static final String BASE = "https://turnpike.dev/schemas/";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SchemaValidatorsConfig CONFIG =
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    private static final JsonSchemaFactory AS_SHIPPED = factory(false);
    private static final JsonSchemaFactory WITHOUT_MORE = factory(true);
    private static final Map<String, JsonSchema> SCHEMAS = new ConcurrentHashMap<>();

    private EventSchemas() {}

    /** Checks every form of an event, each as the record it would be, and that the bare one is as small as promised. */
    public static void assertValid(Event event) {
        EventRecords records = new EventRecords("codex.");
        for (Form form : Form.values()) {
            assertValid(records.of(event.in(form)));
        }
        assertThat(records.of(event.in(Form.BARE)).value().length)
                .as("bytes of the bare form")
                .isLessThan(8192);
    }

    public static CloudEvent assertValid(ProducerRecord<String, byte[]> message) {
        return assertValid(message.headers(), message.value());
    }

    public static CloudEvent assertValid(ConsumerRecord<String, byte[]> message) {
        return assertValid(message.headers(), message.value());
    }

    /**
     * Checks a record of any event topic.
     *
     * @return what the CloudEvents SDK made of it
     */
    public static CloudEvent assertValid(Headers headers, byte[] value) {
        String type = header(headers, "ce_type");
        assertThat(type).as("ce_type").startsWith("dev.turnpike.codex.").endsWith(".v1");
        assertThat(header(headers, "ce_specversion")).isEqualTo("1.0");
        assertThat(header(headers, "content-type")).isEqualTo("application/json");
        assertThat(header(headers, "ce_id")).as("ce_id").isNotBlank();
        // replies to commands that belong to no account have a source of their own
        assertThat(header(headers, "ce_source")).matches("/codex/accounts/.+|/turnpike/commands");
        assertThat(OffsetDateTime.parse(header(headers, "ce_time")))
                .as("ce_time")
                .isNotNull();

        CloudEvent event = KafkaMessageFactory.createReader(headers, value).toEvent();
        assertThat(event.getId()).isEqualTo(header(headers, "ce_id"));
        assertThat(event.getType()).isEqualTo(type);
        assertThat(event.getSource()).isEqualTo(URI.create(header(headers, "ce_source")));
        assertThat(event.getTime()).isEqualTo(OffsetDateTime.parse(header(headers, "ce_time")));
        assertThat(event.getDataContentType()).isEqualTo("application/json");
        assertThat(event.getData()).isNotNull();
        assertThat(event.getData().toBytes()).isEqualTo(value);

        assertValid(type.substring("dev.turnpike.codex.".length()), json(value));
        Examples.offer(type.substring("dev.turnpike.codex.".length()), headers, value);
        return event;
    }

    /**
     * Checks the data of an event.
     *
     * @param type with version, without prefix: {@code turn.completed.v1}
     */
    public static void assertValid(String type, JsonNode data) {
        assertThat(schema("", type, AS_SHIPPED).validate(data))
                .as("problems of %s: %s", type, data)
                .isEmpty();
        assertThat(schema("without more: ", type, WITHOUT_MORE).validate(data))
                .as("fields of %s that its schema does not name", type)
                .isEmpty();
        assertNoNull(data);
    }

    private static void assertNoNull(JsonNode node) {
        assertThat(node.isNull())
                .as("what is not known is left out, never null")
                .isFalse();
        node.forEach(EventSchemas::assertNoNull);
    }

    private static JsonSchema schema(String kind, String type, JsonSchemaFactory factory) {
        return SCHEMAS.computeIfAbsent(
                kind + type, key -> factory.getSchema(SchemaLocation.of(BASE + type + ".json"), CONFIG));
    }

    private static JsonSchemaFactory factory(boolean withoutMore) {
        return JsonSchemaFactory.getInstance(
                VersionFlag.V202012,
                builder -> builder.schemaLoaders(loaders -> loaders.schemas(iri -> text(iri, withoutMore))));
    }

    /** The text of a schema that ships; null for what is not one of ours. */
    private static String text(String iri, boolean withoutMore) {
        if (!iri.startsWith(BASE)) {
            return null;
        }
        try (InputStream file = EventSchemas.class.getResourceAsStream("/schemas/" + iri.substring(BASE.length()))) {
            assertThat(file).as("the schema " + iri).isNotNull();
            JsonNode schema = JSON.readTree(file);
            if (withoutMore) {
                forbidMore(schema);
            }
            return schema.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Closes every object that lists its properties, but for those that only narrow another schema. */
    private static void forbidMore(JsonNode schema) {
        schema.forEach(EventSchemas::forbidMore);
        if (schema instanceof ObjectNode object
                && object.path("properties").isObject()
                && !object.has("$ref")
                && !object.has("allOf")) {
            object.put("additionalProperties", false);
        }
    }

    private static JsonNode json(byte[] value) {
        try {
            return JSON.readTree(value);
        } catch (IOException e) {
            throw new AssertionError("The value is not JSON: " + new String(value, StandardCharsets.UTF_8), e);
        }
    }

    private static String header(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        assertThat(header).as("header " + name).isNotNull();
        return new String(header.value(), StandardCharsets.UTF_8);
    }
}
