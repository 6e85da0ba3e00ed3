package dev.turnpike.shard;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The offset of a consumer in a partition, committed in the transaction of what follows from its records.
 *
 * @param next offset of the next record to read
 * @param group the consumer's membership: that of a member that was removed from the group cannot commit
 */
public record Consumed(TopicPartition partition, long next, ConsumerGroupMetadata group) {

    Map<TopicPartition, OffsetAndMetadata> offsets() {
        return Map.of(partition, new OffsetAndMetadata(next));
    }
}
