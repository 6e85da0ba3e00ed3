package dev.turnpike.shard;

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

/** A {@link FencedLog} of a few JSON records, all kept in memory as trees. */
public final class JsonLog extends FencedLog {
    private final Records committed;

    /** As {@link FencedLog#FencedLog}. */
    public JsonLog(KafkaClients clients, TopicPartition partition, Set<String> eventTopics) {
        this(clients, partition, eventTopics, new Records(new TreeMap<>()));
    }

    private JsonLog(KafkaClients clients, TopicPartition partition, Set<String> eventTopics, Records committed) {
        super(clients, partition, eventTopics, committed);
        this.committed = committed;
    }

    private record Records(TreeMap<String, JsonNode> byKey) implements Table {
        @Override
        public void clear() {
            byKey.clear();
        }

        @Override
        public void read(List<ConsumerRecord<String, byte[]>> records) {
            records.forEach(record -> put(record.key(), decode(record)));
        }

        void put(String key, JsonNode value) {
            byKey.compute(key, (same, before) -> value);
        }
    }

    /** The committed record under this key; empty when there is none. */
    public Optional<JsonNode> get(String key) {
        return Optional.ofNullable(committed.byKey().get(key));
    }

    /** The keys with this prefix, ascending. */
    public Stream<String> keys(String prefix) {
        return committed.byKey().subMap(prefix, true, prefix + Character.MAX_VALUE, false).keySet().stream();
    }

    /** As {@link FencedLog#commit(List, Map, Consumed)}; a {@code null} value deletes the record. */
    public void write(List<ProducerRecord<String, byte[]>> events, Map<String, JsonNode> state, Consumed consumed) {
        Map<String, byte[]> encoded = new HashMap<>();
        state.forEach((key, value) -> encoded.put(key, value == null ? null : Json.bytes(value)));
        commit(events, encoded, consumed);
        state.forEach(committed::put);
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
}
