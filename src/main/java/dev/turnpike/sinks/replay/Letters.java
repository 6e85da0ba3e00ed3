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
public final class Letters {
    private final TopicReader reader;
    private final SinkKafkaClient kafka;

    public Letters(SinkKafkaClient kafka) {
        this.reader = new TopicReader(kafka);
        this.kafka = kafka;
    }

    /**
     * All dead letters, the oldest first; throws a {@link org.apache.kafka.common.KafkaException} when Kafka cannot be
     * read.
     */
    public List<Letter> all() {
        Map<String, Letter> letters = new LinkedHashMap<>();
        reader.readAll(kafka.deadLetters(), read -> {
            SinkRecord record = new SinkRecord(read);
            String id = Letter.id(record.origin());
            letters.put(id, new Letter(id, record, null));
        });
        reader.readAll(kafka.redeliveries(), read -> {
            SinkRecord record = new SinkRecord(read);
            String id = String.valueOf(record.header(DeadLetterHeaders.DEAD_LETTER));
            letters.computeIfPresent(id, (key, letter) -> letter.replayedAt(Instant.ofEpochMilli(read.timestamp())));
        });
        List<Letter> oldestFirst = new ArrayList<>(letters.values());
        oldestFirst.sort(Comparator.comparing(letter -> letter.record().timestamp()));
        return oldestFirst;
    }

    /**
     * A dead letter in its topic.
     *
     * @param id {@code partition-offset} in {@code codex.dead-letters}
     * @param replayed when it was replayed; null where it was not
     */
    public record Letter(String id, SinkRecord record, Instant replayed) {

        static String id(SinkRecord.Origin origin) {
            return origin.partition() + "-" + origin.offset();
        }

        Letter replayedAt(Instant time) {
            return new Letter(id, record, time);
        }

        public String sink() {
            return header(DeadLetterHeaders.SINK);
        }

        public String reason() {
            return header(DeadLetterHeaders.REASON);
        }

        public String attempts() {
            return header(DeadLetterHeaders.ATTEMPTS);
        }

        public String firstAttempt() {
            return header(DeadLetterHeaders.FIRST_ATTEMPT);
        }

        public String lastAttempt() {
            return header(DeadLetterHeaders.LAST_ATTEMPT);
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

        public String event() {
            return header("ce_id");
        }

        public String type() {
            return header("ce_type");
        }

        /** The task's id; empty where the event was about none. */
        public String subject() {
            return header("ce_subject");
        }

        private String header(String name) {
            String value = record.header(name);
            return value == null ? "" : value;
        }
    }
}
