package dev.turnpike.kafka;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/** Partitions of topics, and offsets by time, for consumers without a group. */
public final class Offsets {
    private Offsets() {}

    /**
     * Every partition of the topics.
     *
     * @throws IllegalStateException when one of the topics does not exist
     */
    public static List<TopicPartition> partitions(Consumer<?, ?> consumer, Collection<String> topics) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : topics) {
            List<PartitionInfo> found = consumer.partitionsFor(topic);
            if (found.isEmpty()) {
                throw new IllegalStateException("there is no topic " + topic);
            }
            found.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
        }
        return partitions;
    }

    /** The offset of the first record at a time or later in each partition; its end where there is none. */
    public static Map<TopicPartition, Long> since(
            Consumer<?, ?> consumer, Collection<TopicPartition> partitions, Function<TopicPartition, Instant> time) {
        // ends first: a record that arrives meanwhile is read
        Map<TopicPartition, Long> offsets = new HashMap<>(consumer.endOffsets(partitions));
        Map<TopicPartition, Long> times = new HashMap<>();
        partitions.forEach(partition ->
                times.put(partition, Math.max(0, time.apply(partition).toEpochMilli())));
        Map<TopicPartition, OffsetAndTimestamp> found = times.isEmpty() ? Map.of() : consumer.offsetsForTimes(times);
        found.forEach((partition, first) -> {
            if (first != null) {
                offsets.put(partition, first.offset());
            }
        });
        return offsets;
    }
}
