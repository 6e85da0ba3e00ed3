package dev.turnpike.sinks.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.json.Json;
import dev.turnpike.kafka.Offsets;
import dev.turnpike.kafka.TopicWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of a compacted topic whose keys begin with one prefix, as a map. Several instances write it; {@link
 * #refresh} reads what others wrote.
 */
public class KeyedTopic implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(KeyedTopic.class);
    private static final ObjectMapper JSON = Json.records().build();

    private final SinkKafkaClient kafka;
    private final String topic;
    private final String prefix;
    private final NavigableMap<String, ObjectNode> values = new ConcurrentSkipListMap<>();
    private final TopicWriter writer;
    private Consumer<byte[], byte[]> consumer;

    /** Opens nothing yet. */
    public KeyedTopic(SinkKafkaClient kafka, String topic, String prefix) {
        this.kafka = kafka;
        this.writer = new TopicWriter(kafka.clients());
        this.topic = topic;
        this.prefix = prefix;
    }

    /**
     * Reads everything written until now.
     *
     * @throws org.apache.kafka.common.errors.TimeoutException when Kafka sends nothing for half a minute
     */
    public synchronized void refresh() {
        open();
        Offsets.readTo(
                consumer,
                consumer.endOffsets(consumer.assignment()),
                SinkKafkaClient.STANDSTILL,
                records -> records.forEach(this::read));
    }

    /** Reads available records without waiting. */
    public synchronized void follow() {
        open();
        consumer.poll(Duration.ZERO).forEach(this::read);
    }

    /** By the rest of the key. */
    public Optional<ObjectNode> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** All values by the rest of their keys, in order. */
    public Map<String, ObjectNode> values() {
        return Map.copyOf(values);
    }

    /** The rests of keys that begin with this, in order; some may be removed meanwhile. */
    Stream<String> keys(String beginning) {
        return values.subMap(beginning, true, beginning + Character.MAX_VALUE, false).keySet().stream();
    }

    /** The same as a value of that class; throws {@link IllegalArgumentException} for JSON of another form. */
    public <T> Optional<T> get(String key, Class<T> type) {
        return get(key).map(json -> JSON.convertValue(json, type));
    }

    /** Returns when Kafka has the value, of a class that Jackson writes as an object. */
    public void put(String key, Object value) {
        ObjectNode json = JSON.valueToTree(value);
        write(key, json.toString().getBytes(UTF_8));
        values.put(key, json);
    }

    /** Returns when Kafka has the tombstone. */
    public void remove(String key) {
        if (values.containsKey(key)) {
            write(key, null);
            values.remove(key);
        }
    }

    @Override
    public synchronized void close() {
        if (consumer != null) {
            consumer.close();
            consumer = null;
        }
        writer.close();
    }

    private void open() {
        if (consumer == null) {
            consumer = kafka.reader(List.of(topic));
        }
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        String key = record.key() == null ? "" : new String(record.key(), UTF_8);
        if (!key.startsWith(prefix)) {
            return;
        }
        String rest = key.substring(prefix.length());
        try {
            JsonNode value = record.value() == null ? null : JSON.readTree(record.value());
            if (value instanceof ObjectNode object) {
                values.put(rest, object);
            } else {
                values.remove(rest);
            }
        } catch (IOException e) {
            log.warn("Ignored record that is not JSON topic={} key={} offset={}", topic, key, record.offset(), e);
        }
    }

    private void write(String key, byte[] value) {
        writer.write(new ProducerRecord<>(topic, (prefix + key).getBytes(UTF_8), value));
    }
}
