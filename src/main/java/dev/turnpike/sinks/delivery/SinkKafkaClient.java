package dev.turnpike.sinks.delivery;

import dev.turnpike.events.DeadLetterHeaders;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Offsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Kafka clients of the sinks, and the topics that they read and write.
 *
 * @param prefix of the topics that sinks read and write, setting {@code topics.prefix}
 */
public record SinkKafkaClient(KafkaClients clients, String prefix) {

    /** Reading ends with an error only after so long without a record: how much there is to read is no matter. */
    static final Duration STANDSTILL = Duration.ofSeconds(30);

    /**
     * A consumer without a group, assigned to all partitions of these topics from their beginning on.
     *
     * @throws org.apache.kafka.common.errors.UnknownTopicOrPartitionException when one has no partitions yet, as just after
     *     it was created
     */
    public Consumer<byte[], byte[]> reader(List<String> read) {
        Map<String, Object> config = committed();
        config.put("default.api.timeout.ms", 10_000);
        Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            List<TopicPartition> partitions = Offsets.partitions(consumer, read);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            return consumer;
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    /** Reads the committed records of topics with a timestamp from the first time until before the second. */
    public void read(
            List<String> topics,
            Instant since,
            Instant until,
            java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        try (Consumer<byte[], byte[]> consumer = reader(topics)) {
            Set<TopicPartition> partitions = consumer.assignment();
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Offsets.since(consumer, partitions, partition -> since).forEach(consumer::seek);
            Offsets.readTo(
                    consumer,
                    ends,
                    STANDSTILL,
                    records -> records.forEach(record -> {
                        boolean isThere =
                                record.offset() < ends.get(new TopicPartition(record.topic(), record.partition()));
                        if (isThere && Instant.ofEpochMilli(record.timestamp()).isBefore(until)) {
                            reader.accept(record);
                        }
                    }));
        }
    }

    /** A member of the sink's group. */
    Consumer<byte[], byte[]> consumer(String sink) {
        Map<String, Object> config = committed();
        config.put("group.id", group(sink));
        config.put("auto.offset.reset", "earliest");
        config.put("max.poll.interval.ms", "60000");
        config.put("max.poll.records", "200");
        config.put("fetch.max.bytes", "8388608");
        // with equal partition counts a task's turns and alerts meet in one consumer
        config.put("partition.assignment.strategy", RangeAssignor.class.getName());
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private Map<String, Object> committed() {
        Map<String, Object> config = new HashMap<>(clients.plain());
        config.put("isolation.level", "read_committed");
        config.put("enable.auto.commit", "false");
        return config;
    }

    /** Full name of a topic. */
    public String topic(String name) {
        return prefix + name;
    }

    public String group(String sink) {
        return group(prefix, sink);
    }

    /** A sink's consumer group; with the prefix, so that two installations on one cluster are two. */
    public static String group(String prefix, String sink) {
        return prefix + "turnpike-" + sink;
    }

    /** False for a redelivery to another sink. */
    public boolean addressed(SinkRecord record, String sink) {
        return !record.origin().topic().equals(topic("redeliveries"))
                || sink.equals(record.header(DeadLetterHeaders.SINK));
    }
}
