package dev.turnpike.sinks.delivery;

import org.apache.kafka.common.TopicPartition;

/** Where in Kafka a record was read. */
public record Origin(String topic, int partition, long offset) {

    TopicPartition partitionOfTopic() {
        return new TopicPartition(topic, partition);
    }

    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
