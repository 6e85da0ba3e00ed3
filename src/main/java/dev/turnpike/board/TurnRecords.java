package dev.turnpike.board;

import dev.turnpike.kafka.KafkaClients;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Reads one turn's whole record again: summaries and diffs are not kept in memory. */
record TurnRecords(KafkaClients clients, String topic) {
    private static final Pattern REFERENCE = Pattern.compile("(\\d{1,4})-(\\d{1,18})");
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /**
     * The JSON of the record.
     *
     * @param reference partition and offset, see {@link BoardRecord}
     * @return empty where the reference is malformed or the record is gone
     */
    Optional<byte[]> read(String reference) {
        Matcher parts = REFERENCE.matcher(reference);
        if (!parts.matches()) {
            return Optional.empty();
        }
        TopicPartition partition = new TopicPartition(topic, Integer.parseInt(parts.group(1)));
        long offset = Long.parseLong(parts.group(2));
        try (KafkaConsumer<String, byte[]> consumer = clients.committedReader()) {
            boolean exists =
                    consumer.partitionsFor(topic).stream().anyMatch(info -> info.partition() == partition.partition());
            if (!exists
                    || offset >= consumer.endOffsets(List.of(partition)).get(partition)
                    || offset < consumer.beginningOffsets(List.of(partition)).get(partition)) {
                return Optional.empty();
            }
            consumer.assign(List.of(partition));
            consumer.seek(partition, offset);
            for (ConsumerRecord<String, byte[]> record : consumer.poll(TIMEOUT).records(partition)) {
                return record.offset() == offset ? Optional.ofNullable(record.value()) : Optional.empty();
            }
            return Optional.empty();
        }
    }
}
