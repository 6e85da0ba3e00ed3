package dev.turnpike.board;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.json.Json;
import dev.turnpike.kafka.TopicWriter;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/** The board's only action: a command to the topic of commands, where it is checked and answered like any other. */
record BoardCommands(TopicWriter writer, String topic) implements AutoCloseable {
    private static final Pattern ID = Pattern.compile("board-[0-9a-f-]{36}");
    private static final Set<String> TYPES = Set.of("task.create", "task.follow-up");
    private static final Set<String> FIELDS =
            Set.of("id", "type", "environment", "branch", "prompt", "task_id", "account", "mode");

    /**
     * Writes the command and waits for Kafka. The id is the page's: sent twice, it is executed once.
     *
     * @throws IllegalArgumentException when it is not a command of the page, with what is wrong
     * @throws KafkaException when Kafka did not confirm it
     */
    void send(JsonNode command) {
        if (!(command instanceof ObjectNode fields)) {
            throw new IllegalArgumentException("a command is a JSON object");
        }
        String id = fields.path("id").asText();
        if (!ID.matcher(id).matches() || !TYPES.contains(fields.path("type").asText())) {
            throw new IllegalArgumentException("id must be board-<uuid>, type one of " + TYPES);
        }
        fields.fieldNames().forEachRemaining(name -> {
            if (!FIELDS.contains(name)) {
                throw new IllegalArgumentException("unknown field " + name);
            }
        });
        try {
            writer.write(new ProducerRecord<>(
                    topic, id.getBytes(UTF_8), Json.text(Board.JSON, fields).getBytes(UTF_8)));
        } catch (KafkaException e) {
            throw new KafkaException(
                    "The command was not confirmed by Kafka; it may be sent again with the same id", e);
        }
    }

    @Override
    public void close() {
        writer.close();
    }
}
