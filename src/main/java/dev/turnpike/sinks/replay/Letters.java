package dev.turnpike.sinks.replay;

import dev.turnpike.events.DeadLetterHeaders;
import dev.turnpike.sinks.delivery.SinkKafkaClient;
import dev.turnpike.sinks.delivery.SinkRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads dead letters, and which of them were replayed. */
public record Letters(SinkKafkaClient kafka) {
    /**
     * All dead letters, the oldest first; throws a {@link org.apache.kafka.common.KafkaException} when Kafka cannot be
     * read.
     */
    public List<Letter> all() {
        Map<String, Letter> letters = new LinkedHashMap<>();
        kafka.read(List.of(kafka.topic("dead-letters")), Instant.EPOCH, Instant.MAX, read -> {
            Letter letter = new Letter(new SinkRecord(read), null);
            letters.put(letter.id(), letter);
        });
        kafka.read(List.of(kafka.topic("redeliveries")), Instant.EPOCH, Instant.MAX, read -> {
            String id = String.valueOf(new SinkRecord(read).header(DeadLetterHeaders.DEAD_LETTER));
            Instant replayed = Instant.ofEpochMilli(read.timestamp());
            letters.computeIfPresent(id, (key, letter) -> new Letter(letter.record(), replayed));
        });
        List<Letter> oldestFirst = new ArrayList<>(letters.values());
        oldestFirst.sort(
                Comparator.comparingLong(letter -> letter.record().read().timestamp()));
        return oldestFirst;
    }

    /**
     * A dead letter in its topic.
     *
     * @param replayed when it was replayed; null where it was not
     */
    public record Letter(SinkRecord record, Instant replayed) {
        /** {@code partition-offset} in {@code codex.dead-letters}. */
        public String id() {
            return record.read().partition() + "-" + record.read().offset();
        }

        public String sink() {
            return header(DeadLetterHeaders.SINK);
        }

        /** {@code codex.turns-3@17}. */
        public String origin() {
            return header(DeadLetterHeaders.ORIGIN_TOPIC) + "-" + header(DeadLetterHeaders.ORIGIN_PARTITION) + "@"
                    + header(DeadLetterHeaders.ORIGIN_OFFSET);
        }

        /** Where the record came from; -1 where that is unknown. */
        int originPartition() {
            String partition = header(DeadLetterHeaders.ORIGIN_PARTITION);
            return partition.matches("\\d{1,9}") ? Integer.parseInt(partition) : -1;
        }

        /** A header of the record, of its event or of its failure; empty where it is missing. */
        public String header(String name) {
            String value = record.header(name);
            return value == null ? "" : value;
        }
    }
}
