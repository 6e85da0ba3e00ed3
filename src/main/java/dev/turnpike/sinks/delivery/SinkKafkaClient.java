package dev.turnpike.sinks.delivery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * How sinks reach Kafka.
 *
 * @param properties of a Kafka client: at least the brokers; how long a session lasts where that is not Kafka's default
 */
public record SinkKafkaClient(Map<String, Object> properties, SinkTopics topics) {

    public SinkKafkaClient {
        properties = Map.copyOf(properties);
    }

    /**
     * A consumer without a group, assigned to all partitions of these topics from their beginning on.
     *
     * @throws UnknownTopicOrPartitionException when one has no partitions yet, as just after it was created
     */
    public Consumer<byte[], byte[]> reader(List<String> read) {
        Map<String, Object> config = new HashMap<>(properties);
        config.put("isolation.level", "read_committed");
        config.put("enable.auto.commit", false);
        config.put("default.api.timeout.ms", 10_000);
        Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try {
            List<TopicPartition> partitions = new ArrayList<>();
            for (String topic : read) {
                List<PartitionInfo> known = consumer.partitionsFor(topic);
                if (known.isEmpty()) {
                    // not known to the broker that was asked: nothing read is not nothing written
                    throw new UnknownTopicOrPartitionException("topic " + topic + " has no partitions yet");
                }
                known.forEach(one -> partitions.add(new TopicPartition(topic, one.partition())));
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            return consumer;
        } catch (RuntimeException e) {
            consumer.close();
            throw e;
        }
    }

    Consumer<byte[], byte[]> consumer(String sink) {
        Map<String, Object> config = new HashMap<>(properties);
        config.put("group.id", topics.group(sink));
        config.put("isolation.level", "read_committed");
        config.put("enable.auto.commit", "false");
        config.put("auto.offset.reset", "earliest");
        config.put("max.poll.interval.ms", "60000");
        config.put("max.poll.records", "200");
        config.put("fetch.max.bytes", "8388608");
        // with equal partition counts a task's turns and alerts meet in one consumer
        config.put("partition.assignment.strategy", RangeAssignor.class.getName());
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
