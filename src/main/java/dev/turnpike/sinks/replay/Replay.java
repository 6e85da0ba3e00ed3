package dev.turnpike.sinks.replay;

import dev.turnpike.events.DeadLetterHeaders;
import dev.turnpike.events.EventRecords;
import dev.turnpike.kafka.TopicWriter;
import dev.turnpike.sinks.delivery.SinkKafkaClient;
import dev.turnpike.sinks.delivery.SinkRecord;
import dev.turnpike.sinks.replay.Letters.Letter;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;

/**
 * Replays records to one sink through {@code codex.redeliveries}, so that nothing is written to topics that others
 * read. A record goes to the partition it was read from where the partition counts are equal, so that its task's
 * records stay in order.
 */
public record Replay(SinkKafkaClient kafka) {

    /** Replays each dead letter to its sink. */
    public int letters(List<Letter> letters) {
        try (Redeliveries redeliveries = new Redeliveries()) {
            for (Letter letter : letters) {
                ProducerRecord<byte[], byte[]> record =
                        redeliveries.copy(letter.record(), letter.sink(), letter.originPartition());
                EventRecords.put(record.headers(), DeadLetterHeaders.DEAD_LETTER, letter.id());
                redeliveries.send(record);
            }
            return redeliveries.sent();
        }
    }

    /** How many records {@link #between} would replay. */
    public int count(Instant since, Instant until) {
        AtomicInteger count = new AtomicInteger();
        kafka.read(List.of(kafka.topic("turns"), kafka.topic("alerts")), since, until, read -> count.incrementAndGet());
        return count.get();
    }

    /**
     * Replays records of {@code codex.turns} and {@code codex.alerts} within a time range to one sink, whose filter
     * still applies.
     */
    public int between(Instant since, Instant until, String sink) {
        try (Redeliveries redeliveries = new Redeliveries()) {
            kafka.read(
                    List.of(kafka.topic("turns"), kafka.topic("alerts")),
                    since,
                    until,
                    read -> redeliveries.send(redeliveries.copy(new SinkRecord(read), sink, read.partition())));
            return redeliveries.sent();
        }
    }

    /** Writer of the topic of redeliveries. */
    private final class Redeliveries implements AutoCloseable {
        private final Producer<byte[], byte[]> producer;
        private final int partitions;
        private int sent;
        private final AtomicReference<Exception> failed = new AtomicReference<>();

        Redeliveries() {
            producer = TopicWriter.producer(kafka.clients());
            partitions = producer.partitionsFor(kafka.topic("redeliveries")).size();
        }

        ProducerRecord<byte[], byte[]> copy(SinkRecord original, String sink, int partition) {
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                    kafka.topic("redeliveries"),
                    partition >= 0 && partition < partitions ? partition : null,
                    original.read().key(),
                    original.read().value());
            for (Header header : original.read().headers()) {
                if (!header.key().startsWith(DeadLetterHeaders.PREFIX)) {
                    record.headers().add(header);
                }
            }
            original.putOrigin(record.headers());
            EventRecords.put(record.headers(), DeadLetterHeaders.SINK, sink);
            return record;
        }

        void send(ProducerRecord<byte[], byte[]> record) {
            sent++;
            var unused = producer.send(record, (metadata, failure) -> failed.compareAndSet(null, failure));
        }

        /** Waits until the records are confirmed; throws when one of them is not. */
        int sent() {
            producer.flush();
            if (failed.get() != null) {
                throw new KafkaException("Failed to write all records to " + kafka.topic("redeliveries"), failed.get());
            }
            return sent;
        }

        @Override
        public void close() {
            producer.close();
        }
    }
}
