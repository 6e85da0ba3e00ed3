package dev.turnpike.sinks.delivery;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
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
