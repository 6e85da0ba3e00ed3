package dev.turnpike.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.kafka.CommittedTopic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** What a read_committed consumer finds in a topic. */
public final class TurnsTopic {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String brokers;
    private final String topic;

    public TurnsTopic(String brokers, String topic) {
        this.brokers = brokers;
        this.topic = topic;
    }

    /** Every committed record, partition by partition. */
    public List<ConsumerRecord<String, byte[]>> records() {
        return new CommittedTopic(brokers, topic).records();
    }

    /** Turn id and status of each turn that was reported, the way the ledger names what is owed. */
    public List<String> turns() {
        return turnRecords().stream().map(TurnsTopic::name).toList();
    }

    static String name(ConsumerRecord<String, byte[]> reported) {
        JsonNode data = json(reported);
        return data.path("turn_id").asText() + ":" + data.path("status").asText();
    }

    /** The records about a turn, and not of all attempts at its request. */
    public List<ConsumerRecord<String, byte[]>> turnRecords() {
        return records().stream().filter(reported -> !isOfAttempts(reported)).toList();
    }

    /** The turn id of each request whose attempts were published together. */
    public List<String> attempts() {
        return records().stream()
                .filter(TurnsTopic::isOfAttempts)
                .map(reported -> TurnsTopic.json(reported).path("turn_id").asText())
                .toList();
    }

    private static boolean isOfAttempts(ConsumerRecord<String, byte[]> reported) {
        return "dev.turnpike.codex.turn.attempts-completed.v1".equals(header(reported, "ce_type"));
    }

    public static JsonNode json(ConsumerRecord<String, byte[]> record) {
        try {
            return JSON.readTree(record.value());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static String header(ConsumerRecord<String, byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
