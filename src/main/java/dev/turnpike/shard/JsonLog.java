package dev.turnpike.shard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.json.Json;
import dev.turnpike.kafka.KafkaClients;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** A {@link FencedLog} of a few JSON records, all of which are kept in memory as they are. */
public final class JsonLog implements AutoCloseable {
    private final TreeMap<String, JsonNode> committed = new TreeMap<>();
    private final FencedLog fenced;

    /** As {@link FencedLog#FencedLog}. */
    public JsonLog(KafkaClients clients, TopicPartition partition, Set<String> eventTopics) {
        this.fenced = new FencedLog(clients, partition, eventTopics, new FencedLog.Table() {
            @Override
            public void clear() {
                committed.clear();
            }

            @Override
            public void read(ConsumerRecord<String, byte[]> record) {
                remember(record.key(), decode(record));
            }
        });
    }

    public String transactionalId() {
        return fenced.transactionalId();
    }

    public boolean isOpen() {
        return fenced.isOpen();
    }

    /** As {@link FencedLog#open(Consumed)}; null where no offset is carried. */
    public void open(Consumed consumed) {
        fenced.open(consumed);
    }

    /** As {@link FencedLog#awaitVisible()}. */
    public void awaitVisible() {
        fenced.awaitVisible();
    }

    /** The committed record under this key; empty when there is none. */
    public Optional<JsonNode> get(String key) {
        return Optional.ofNullable(committed.get(key));
    }

    /** The keys that begin so, in their order. */
    public Stream<String> keys(String prefix) {
        return committed.subMap(prefix, true, prefix + Character.MAX_VALUE, false).keySet().stream();
    }

    /** As {@link FencedLog#commit(List, Map, Consumed)}. */
    public void commit(List<ProducerRecord<String, byte[]>> events, Map<String, JsonNode> state, Consumed consumed) {
        Map<String, byte[]> encoded = new HashMap<>();
        state.forEach((key, value) -> encoded.put(key, encode(value)));
        fenced.commit(events, encoded, consumed);
        state.forEach(this::remember);
    }

    private void remember(String key, JsonNode value) {
        if (value == null) {
            committed.remove(key);
        } else {
            committed.put(key, value);
        }
    }

    private static JsonNode decode(ConsumerRecord<String, byte[]> record) {
        try {
            return record.value() == null ? null : Json.MAPPER.readTree(record.value());
        } catch (IOException e) {
            throw new IllegalStateException(
                    "The record at offset " + record.offset() + " of " + record.topic() + "-" + record.partition()
                            + " with key " + record.key()
                            + " is not JSON: the topic is private to Turnpike, something else wrote to it",
                    e);
        }
    }

    private static byte[] encode(JsonNode value) {
        try {
            return value == null ? null : Json.MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A JSON tree can always be written", e);
        }
    }

    @Override
    public void close() {
        fenced.close();
    }
}
