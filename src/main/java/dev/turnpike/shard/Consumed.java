package dev.turnpike.shard;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * How far a consumer has come in a partition, to be committed in the transaction of what it made of it.
 *
 * @param next offset of the first record that is still to be read
 * @param group the consumer's membership, so that one the group has given up cannot move the offset
 */
public record Consumed(TopicPartition partition, long next, ConsumerGroupMetadata group) {

    Map<TopicPartition, OffsetAndMetadata> offsets() {
        return Map.of(partition, new OffsetAndMetadata(next));
    }
}
