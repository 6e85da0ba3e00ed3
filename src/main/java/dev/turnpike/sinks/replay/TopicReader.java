package dev.turnpike.sinks.replay;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the committed records of whole topics, as they are when the reading begins. */
final class TopicReader {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Map<String, Object> kafka;

    TopicReader(Map<String, Object> kafka) {
        this.kafka = kafka;
    }

    /** All records there are, in order within a partition. */
    void readAll(String topic, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        readBetween(List.of(topic), Instant.EPOCH, Instant.MAX, reader);
    }

    /** The records Kafka got at the one time or later, and before the other. */
    void readBetween(
            List<String> topics, Instant since, Instant until, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put("isolation.level", "read_committed");
        properties.put("enable.auto.commit", false);
        properties.put("default.api.timeout.ms", 10_000);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = topics.stream()
                    .flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            seek(consumer, partitions, since, ends);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                consumer.poll(POLL).forEach(record -> {
                    boolean isThere =
                            record.offset() < ends.get(new TopicPartition(record.topic(), record.partition()));
                    if (isThere && Instant.ofEpochMilli(record.timestamp()).isBefore(until)) {
                        reader.accept(record);
                    }
                });
            }
        }
    }

    private static void seek(
            KafkaConsumer<byte[], byte[]> consumer,
            List<TopicPartition> partitions,
            Instant since,
            Map<TopicPartition, Long> ends) {
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition -> times.put(partition, since.toEpochMilli()));
        consumer.offsetsForTimes(times)
                .forEach((partition, found) ->
                        consumer.seek(partition, found == null ? ends.get(partition) : found.offset()));
    }
}
