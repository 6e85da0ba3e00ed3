package dev.turnpike.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.turnpike.contract.Contract.Channel;
import dev.turnpike.kafka.Topics;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.TopicConfig;

/** An AsyncAPI 3 document, made of the topics as they are created and of the schemas that ship. */
final class AsyncApiDocument {
    private static final String PREFIX = "codex.";
    private static final String BINDING_VERSION = "0.5.0";
    private static final List<String> RETAINED = List.of("delete");

    private final ObjectNode document = Contract.JSON.createObjectNode();
    private final Map<String, JsonNode> schemas;

    AsyncApiDocument() throws IOException {
        schemas = Contract.schemas(Contract.SCHEMAS);
        document.put("asyncapi", "3.0.0");
        document.putObject("info")
                .put("title", "Turnpike")
                .put("version", "1.0.0")
                .put(
                        "description",
                        "Codex cloud accounts as Kafka event streams. Records are CloudEvents 1.0 in Kafka's binary"
                                + " mode; read them with isolation.level=read_committed, and ignore fields that you do not"
                                + " know. Within a version (.v1) no field is removed or changes its type.")
                .putObject("license")
                .put("name", "Apache-2.0")
                .put("url", "https://www.apache.org/licenses/LICENSE-2.0");
        document.put("defaultContentType", "application/json");
        document.putObject("servers")
                .putObject("kafka")
                .put("host", "127.0.0.1:9092")
                .put("protocol", "kafka")
                .put("description", "The embedded broker; kafka.brokers names another.");
        channels(document.putObject("channels"));
        operations(document.putObject("operations"));
        ObjectNode components = document.putObject("components");
        messages(components.putObject("messages"));
        headers(components.putObject("schemas"));
    }

    String yaml() {
        try {
            return "# Made from the topics and schemas of the sources: mvn -B test -Dtest=AsyncApiTest -Dupdate=true\n"
                    + new YAMLMapper(new YAMLFactory()
                                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                                    .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS))
                            .writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private void channels(ObjectNode channels) throws IOException {
        Topics topics = new Topics(PREFIX, 8, 8, null);
        for (Channel channel : Channel.values()) {
            NewTopic topic = topics.newTopic(PREFIX + channel.topic());
            ObjectNode written = channels.putObject(channel.topic());
            written.put("address", topic.name()).put("description", channel.description);
            ObjectNode messages = written.putObject("messages");
            for (String type : Contract.types()) {
                if (Contract.channel(type) == channel) {
                    messages.putObject(type).put("$ref", "#/components/messages/" + type);
                }
            }
            ObjectNode binding = written.putObject("bindings").putObject("kafka");
            binding.put("topic", topic.name()).put("partitions", topic.numPartitions());
            ObjectNode configuration = binding.putObject("topicConfiguration");
            String policy = topic.configs().get(TopicConfig.CLEANUP_POLICY_CONFIG);
            List<String> policies = policy == null ? RETAINED : Arrays.asList(policy.split(","));
            policies.forEach(configuration.putArray("cleanup.policy")::add);
            String retention = topic.configs().get(TopicConfig.RETENTION_MS_CONFIG);
            if (retention != null) {
                configuration.put("retention.ms", Long.parseLong(retention));
            }
            binding.put("bindingVersion", BINDING_VERSION);
        }
    }

    private static void operations(ObjectNode operations) {
        for (Channel channel : Channel.values()) {
            boolean read = channel == Channel.COMMANDS;
            String name = (read ? "read" : "publish")
                    + channel.topic().substring(0, 1).toUpperCase(Locale.ROOT)
                    + channel.topic().substring(1);
            operations
                    .putObject(name)
                    .put("action", read ? "receive" : "send")
                    .putObject("channel")
                    .put("$ref", "#/channels/" + channel.topic());
        }
    }

    private void messages(ObjectNode messages) throws IOException {
        for (String type : Contract.types()) {
            JsonNode schema = schemas.get(type);
            ObjectNode message = messages.putObject(type);
            message.put("name", "dev.turnpike.codex." + type)
                    .put("title", schema.path("title").asText())
                    .put("contentType", "application/json");
            if (!Contract.isCommand(type)) {
                message.putObject("headers").put("$ref", "#/components/schemas/headers");
            }
            message.putObject("payload").put("$ref", "#/components/schemas/" + type);
            ObjectNode key = message.putObject("bindings").putObject("kafka");
            key.putObject("key").put("type", "string").put("description", Contract.channel(type).key);
            key.put("bindingVersion", BINDING_VERSION);
            JsonNode example = Examples.read(type);
            if (example != null) {
                message.putArray("examples").add(example);
            }
        }
    }

    private void headers(ObjectNode written) {
        ObjectNode headers = written.putObject("headers");
        headers.put("type", "object").put("description", "The attributes of the CloudEvent.");
        ArrayNode required = headers.putArray("required");
        ObjectNode properties = headers.putObject("properties");
        attribute(properties, "ce_specversion", "Always 1.0.");
        attribute(properties, "ce_id", "Deterministic: the same event has the same id, for readers that deduplicate.");
        attribute(properties, "ce_source", "/codex/accounts/ and the account.");
        attribute(properties, "ce_type", "dev.turnpike.codex. and the type with its version.");
        attribute(properties, "ce_time", "When it happened, RFC 3339, UTC.");
        attribute(properties, "content-type", "Always application/json.");
        properties.fieldNames().forEachRemaining(required::add);
        attribute(properties, "ce_subject", "Task id, where there is one.");
        attribute(properties, "ce_traceparent", "W3C Trace Context of what published it, with tracing.enabled.");
        attribute(properties, "traceparent", "The same, where instrumented Kafka clients look for it.");
        for (Map.Entry<String, JsonNode> schema : schemas.entrySet()) {
            JsonNode definitions = schema.getValue().path("$defs");
            for (Map.Entry<String, JsonNode> definition : definitions.properties()) {
                written.set(
                        schema.getKey() + "." + definition.getKey(), converted(definition.getValue(), schema.getKey()));
            }
            if (definitions.isEmpty()) {
                written.set(schema.getKey(), converted(schema.getValue(), schema.getKey()));
            }
        }
    }

    private static void attribute(ObjectNode properties, String name, String description) {
        properties.putObject(name).put("type", "string").put("description", description);
    }

    /** From draft 2020-12 to the schema object of AsyncAPI: references within the document, and alone where they are. */
    private static JsonNode converted(JsonNode schema, String file) {
        if (schema instanceof ArrayNode list) {
            ArrayNode items = Contract.JSON.createArrayNode();
            list.forEach(item -> items.add(converted(item, file)));
            return items;
        }
        if (!(schema instanceof ObjectNode)) {
            return schema;
        }
        ObjectNode converted = Contract.JSON.createObjectNode();
        schema.properties().forEach(field -> {
            if (!List.of("$schema", "$id", "$ref").contains(field.getKey())) {
                converted.set(field.getKey(), converted(field.getValue(), file));
            }
        });
        if (!schema.has("$ref")) {
            return converted;
        }
        String target = schema.path("$ref").asText();
        String name = target.startsWith("#/$defs/")
                ? file + "." + target.substring("#/$defs/".length())
                : target.replace(".json#/$defs/", ".").replaceFirst("\\.json$", "");
        ObjectNode reference = Contract.JSON.createObjectNode().put("$ref", "#/components/schemas/" + name);
        if (converted.isEmpty()) {
            return reference;
        }
        ObjectNode both = Contract.JSON.createObjectNode();
        JsonNode description = converted.remove("description");
        if (description != null) {
            both.set("description", description);
        }
        JsonNode title = converted.remove("title");
        if (title != null) {
            both.set("title", title);
        }
        ArrayNode all = both.putArray("allOf").add(reference);
        if (!converted.isEmpty()) {
            all.add(converted);
        }
        return both;
    }
}
