package dev.turnpike.board;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.kafka.KafkaClients;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The board's only action: a command to the topic of commands, where it is checked and answered like any other. */
final class BoardCommands implements AutoCloseable {
    private static final Pattern ID = Pattern.compile("board-[0-9a-f-]{36}");
    private static final Set<String> TYPES = Set.of("task.create", "task.follow-up");
    private static final Set<String> FIELDS =
            Set.of("id", "type", "environment", "branch", "prompt", "task_id", "account", "mode");
    private static final Duration TIMEOUT = Duration.ofSeconds(15);

    private final KafkaClients clients;
    private final String topic;
    private final ObjectMapper json;
    private KafkaProducer<String, byte[]> producer;

    BoardCommands(KafkaClients clients, String prefix, ObjectMapper json) {
        this.clients = clients;
        this.topic = prefix + "commands";
        this.json = json;
    }

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
            byte[] value = json.writeValueAsBytes(fields);
            producer().send(new ProducerRecord<>(topic, id, value)).get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | JsonProcessingException e) {
            throw new KafkaException(
                    "The command was not confirmed by Kafka; it may be sent again with the same id", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("Interrupted while the command was sent", e);
        }
    }

    private synchronized KafkaProducer<String, byte[]> producer() {
        if (producer == null) {
            Map<String, Object> config = new HashMap<>(clients.plain());
            config.put("acks", "all");
            config.put("enable.idempotence", "true");
            producer = new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
        }
        return producer;
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close(Duration.ofSeconds(2));
        }
    }
}
