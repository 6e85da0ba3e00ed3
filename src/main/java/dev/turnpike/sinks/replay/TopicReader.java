package dev.turnpike.sinks.replay;

import dev.turnpike.kafka.Offsets;
import dev.turnpike.sinks.delivery.SinkKafkaClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads all committed records of topics, up to their ends at the start of reading. */
record TopicReader(SinkKafkaClient kafka) {
    private static final Duration STANDSTILL = Duration.ofSeconds(30);

    /** All records, in order within a partition. */
    void readAll(String topic, java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        readBetween(List.of(topic), Instant.EPOCH, Instant.MAX, reader);
    }

    /** The records with a timestamp from the first time until before the second. */
    void readBetween(
            List<String> topics,
            Instant since,
            Instant until,
            java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        try (Consumer<byte[], byte[]> consumer = kafka.reader(topics)) {
            Set<TopicPartition> partitions = consumer.assignment();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Offsets.since(consumer, partitions, partition -> since).forEach(consumer::seek);
            Offsets.readTo(consumer, ends, STANDSTILL, record -> {
                boolean isThere = record.offset() < ends.get(new TopicPartition(record.topic(), record.partition()));
                if (isThere && Instant.ofEpochMilli(record.timestamp()).isBefore(until)) {
                    reader.accept(record);
                }
            });
        }
    }
}
