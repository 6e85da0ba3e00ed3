package dev.turnpike.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Sends commands as a pipeline would, and reads the replies. */
public final class CommandSender implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final KafkaProducer<String, byte[]> producer;
    private final String prefix;
    private final TurnsTopic replies;
    private final TurnsTopic log;

    public CommandSender(String brokers, String prefix) {
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", brokers, "linger.ms", "0", "max.in.flight.requests.per.connection", "1"),
                new StringSerializer(),
                new ByteArraySerializer());
        this.prefix = prefix;
        this.replies = new TurnsTopic(brokers, prefix + "replies");
        this.log = new TurnsTopic(brokers, prefix + "command-log");
    }

    /** A new object for a command's fields. */
    public static ObjectNode fields() {
        return JSON.createObjectNode();
    }

    /** Sends a CloudEvent, keyed by its id; {@code type} is {@code task.create} or {@code task.follow-up}. */
    public void send(String id, String type, JsonNode data) throws Exception {
        send(id, type, data.toString());
    }

    public void send(String id, String type, String value) throws Exception {
        ProducerRecord<String, byte[]> message = new ProducerRecord<>(prefix + "commands", id, value.getBytes(UTF_8));
        message.headers().add("ce_specversion", "1.0".getBytes(UTF_8));
        message.headers().add("ce_source", "/tests".getBytes(UTF_8));
        message.headers().add("ce_id", id.getBytes(UTF_8));
        message.headers().add("ce_type", ("dev.turnpike.codex." + type + ".v1").getBytes(UTF_8));
        producer.send(message).get();
    }

    /** Sends just this. */
    public void raw(String key, String value) throws Exception {
        producer.send(new ProducerRecord<>(prefix + "commands", key, value == null ? null : value.getBytes(UTF_8)))
                .get();
    }

    /** A reply. */
    public record Reply(String type, JsonNode data, ConsumerRecord<String, byte[]> message) {
        public boolean isFinal() {
            return !type.equals("deferred");
        }
    }

    /** Every reply there is, those to one command in order. */
    public List<Reply> replies() {
        return replies.records().stream()
                .map(message -> new Reply(
                        TurnsTopic.header(message, "ce_type").replaceAll(".*command\\.|\\.v1", ""),
                        TurnsTopic.json(message),
                        message))
                .toList();
    }

    /** The replies to the command. */
    public List<Reply> replies(String id) {
        return replies().stream()
                .filter(reply -> id.equals(TurnsTopic.header(reply.message(), "ce_correlationid")))
                .toList();
    }

    /** The ids of the commands that the log knows to be attempted now. */
    public Set<String> attempting() {
        Map<String, ConsumerRecord<String, byte[]>> newest = new HashMap<>();
        log.records().forEach(message -> newest.put(message.key(), message));
        return newest.values().stream()
                .map(TurnsTopic::json)
                .filter(state -> state.path("stage").asText().equals("ATTEMPTING"))
                .map(state -> state.at("/key/id").asText())
                .collect(Collectors.toSet());
    }

    /** When the last attempt at a command was written down, which is before its request is made. */
    public Instant attempted(String id) {
        return log.records().stream()
                .filter(message -> {
                    JsonNode state = TurnsTopic.json(message);
                    return state.path("stage").asText().equals("ATTEMPTING")
                            && state.at("/key/id").asText().equals(id);
                })
                .map(message -> Instant.ofEpochMilli(message.timestamp()))
                .max(Instant::compareTo)
                .orElseThrow(() -> new AssertionError(id + " was never attempted"));
    }

    @Override
    public void close() {
        producer.close();
    }
}
