package dev.turnpike.sinks.replay;

import dev.turnpike.events.DeadLetterHeaders;
import dev.turnpike.sinks.delivery.SinkRecord;
import dev.turnpike.sinks.delivery.SinkTopics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The dead letters there are, and which of them have been replayed. */
public final class Letters {
    private final TopicReader reader;
    private final SinkTopics topics;

    /** @param kafka properties of a Kafka client: at least the brokers */
    public Letters(Map<String, Object> kafka, SinkTopics topics) {
        this.reader = new TopicReader(kafka);
        this.topics = topics;
    }

    /** All of them, the oldest first; throws a {@link org.apache.kafka.common.KafkaException} when Kafka cannot be read. */
    public List<Letter> all() {
        Map<String, Letter> letters = new LinkedHashMap<>();
        reader.readAll(topics.deadLetters(), read -> {
            SinkRecord record = SinkRecord.of(read);
            String id = Letter.id(record.origin());
            letters.put(id, new Letter(id, record, null));
        });
        reader.readAll(topics.redeliveries(), read -> {
            SinkRecord record = SinkRecord.of(read);
            String id = String.valueOf(record.header(DeadLetterHeaders.DEAD_LETTER));
            letters.computeIfPresent(id, (key, letter) -> letter.replayedAt(Instant.ofEpochMilli(read.timestamp())));
        });
        List<Letter> oldestFirst = new ArrayList<>(letters.values());
        oldestFirst.sort(Comparator.comparing(letter -> letter.record().timestamp()));
        return oldestFirst;
    }
}
