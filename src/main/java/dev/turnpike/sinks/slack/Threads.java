package dev.turnpike.sinks.slack;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * One sink's view of {@code codex.threads}: which message began the thread of a task. It is read on to its end before
 * each burst, since another instance may have had the task's partition until a moment ago. Used by one thread at a time.
 */
final class Threads implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);

    /**
     * Where a task's thread is.
     *
     * @param channel the channel's id, which {@code chat.update} insists on
     * @param ts the root message's time, Slack's name for it
     */
    record Place(String channel, String ts) {}

    private final Map<String, Object> kafka;
    private final String topic;
    private final String prefix;
    private final Map<String, Place> places = new HashMap<>();
    private Consumer<byte[], byte[]> consumer;
    private Producer<byte[], byte[]> producer;

    /**
     * Opens nothing yet.
     *
     * @param kafka properties of a Kafka client: at least the brokers
     */
    Threads(Map<String, Object> kafka, String topic, String sink, String channel) {
        this.kafka = kafka;
        this.topic = topic;
        this.prefix = sink + "/" + channel + "/";
    }

    /** Reads what has been written since the last time. */
    void refresh() {
        if (consumer == null) {
            consumer = open();
        }
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(POLL).forEach(this::read);
        }
    }

    Optional<Place> of(String task) {
        return Optional.ofNullable(places.get(task));
    }

    /** Remembers where a task's thread began; returns when Kafka has it. */
    void begin(String task, Place place) {
        JsonObject value = new JsonObject();
        value.addProperty("channel", place.channel());
        value.addProperty("ts", place.ts());
        write(task, value.toString().getBytes(UTF_8));
        places.put(task, place);
    }

    /** The root message is gone: the next message about the task begins a thread anew. */
    void forget(String task) {
        write(task, null);
        places.remove(task);
    }

    @Override
    public void close() {
        if (consumer != null) {
            consumer.close();
        }
        if (producer != null) {
            producer.close(Duration.ofSeconds(5));
        }
    }

    private Consumer<byte[], byte[]> open() {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put("isolation.level", "read_committed");
        properties.put("enable.auto.commit", false);
        Consumer<byte[], byte[]> opened =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            List<TopicPartition> partitions = opened.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            opened.assign(partitions);
            opened.seekToBeginning(partitions);
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        String key = record.key() == null ? "" : new String(record.key(), UTF_8);
        if (!key.startsWith(prefix)) {
            return;
        }
        String task = key.substring(prefix.length());
        if (record.value() == null) {
            places.remove(task);
        } else {
            JsonObject value =
                    JsonParser.parseString(new String(record.value(), UTF_8)).getAsJsonObject();
            places.put(
                    task,
                    new Place(
                            value.get("channel").getAsString(), value.get("ts").getAsString()));
        }
    }

    private void write(String task, byte[] value) {
        if (producer == null) {
            Map<String, Object> properties = new HashMap<>(kafka);
            properties.put("acks", "all");
            properties.put("request.timeout.ms", 5_000);
            properties.put("delivery.timeout.ms", 15_000);
            producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        }
        try {
            producer.send(new ProducerRecord<>(topic, (prefix + task).getBytes(UTF_8), value))
                    .get();
        } catch (ExecutionException e) {
            throw new KafkaException("Topic " + topic + " did not take the thread of task " + task, e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
