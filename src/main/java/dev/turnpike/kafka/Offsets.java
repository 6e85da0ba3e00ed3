package dev.turnpike.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Partitions of topics, offsets by time, reading to an end offset, and the lag of groups. */
public final class Offsets {
    private static final Duration POLL = Duration.ofMillis(200);

    private Offsets() {}

    /**
     * Every partition of the topics.
     *
     * @throws UnknownTopicOrPartitionException when one of the topics does not exist, or is not known to this broker yet
     */
    public static List<TopicPartition> partitions(Consumer<?, ?> consumer, Collection<String> topics) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : topics) {
            List<PartitionInfo> found = consumer.partitionsFor(topic);
            if (found.isEmpty()) {
                throw new UnknownTopicOrPartitionException("there is no topic " + topic);
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

    /**
     * Reads from the consumer's positions to these offsets, however long that takes.
     *
     * @param reader receives the records of each poll, which may be none
     * @throws TimeoutException when Kafka sends nothing for that long
     */
    public static <K, V> void readTo(
            Consumer<K, V> consumer,
            Map<TopicPartition, Long> ends,
            Duration standstill,
            java.util.function.Consumer<ConsumerRecords<K, V>> reader) {
        long reached = -1;
        long moved = System.nanoTime();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            reader.accept(consumer.poll(POLL));
            Map<TopicPartition, Long> positions = new HashMap<>();
            ends.keySet().forEach(partition -> positions.put(partition, consumer.position(partition)));
            long now = positions.values().stream().mapToLong(Long::longValue).sum();
            if (now > reached) {
                reached = now;
                moved = System.nanoTime();
            } else if (System.nanoTime() - moved > standstill.toNanos()) {
                throw new TimeoutException("Kafka has sent nothing for " + standstill.toSeconds() + " s, and offsets "
                        + ends + " are not reached, only " + positions + "; check that its brokers are up");
            }
        }
    }

    /**
     * Records of its topics that a group has not committed yet; empty for a group that has committed nothing.
     *
     * @param timeoutMs for each of two requests
     * @throws org.apache.kafka.common.KafkaException when Kafka does not answer
     */
    public static OptionalLong lag(Admin admin, String group, int timeoutMs) {
        Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>(KafkaClients.answer(
                admin.listConsumerGroupOffsets(group, new ListConsumerGroupOffsetsOptions().timeoutMs(timeoutMs))
                        .partitionsToOffsetAndMetadata()));
        committed.values().removeIf(Objects::isNull);
        if (committed.isEmpty()) {
            return OptionalLong.empty();
        }
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        committed.keySet().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        var ends = listed(admin, latest, timeoutMs);
        return OptionalLong.of(committed.entrySet().stream()
                .mapToLong(entry -> Math.max(
                        0, ends.get(entry.getKey()).offset() - entry.getValue().offset()))
                .sum());
    }

    /** The offsets of partitions; throws a {@link org.apache.kafka.common.KafkaException} when Kafka does not answer. */
    public static Map<TopicPartition, ListOffsetsResultInfo> listed(
            Admin admin, Map<TopicPartition, OffsetSpec> wanted, int timeoutMs) {
        return KafkaClients.answer(admin.listOffsets(wanted, new ListOffsetsOptions().timeoutMs(timeoutMs))
                .all());
    }
}
