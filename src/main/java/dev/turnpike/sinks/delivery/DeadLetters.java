package dev.turnpike.sinks.delivery;

import dev.turnpike.events.DeadLetterHeaders;
import dev.turnpike.kafka.TopicWriter;
import dev.turnpike.sinks.delivery.SinkState.FailedAttempts;
import java.time.Instant;
import java.util.Objects;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes dead letters: the original record, with the failure in its headers. */
record DeadLetters(TopicWriter writer, String topic) {
    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

    /**
     * Returns when Kafka has the dead letter.
     *
     * @param failed why and since when it could not be delivered; no tries for a record that is no event
     * @param now used for unknown times
     * @throws KafkaException when Kafka rejects it
     */
    void write(SinkRecord record, String sink, FailedAttempts failed, Instant now) {
        try {
            writer.write(letter(record, record.read().value(), sink, failed, now));
        } catch (RecordTooLargeException e) {
            log.warn("Dead letter published without its value, which is too large for its topic record={}", record);
            writer.write(letter(record, null, sink, failed, now));
        }
        log.warn(
                "Record dead-lettered sink={} record={} reason=\"{}\" attempts={}",
                sink,
                record,
                failed.reason(),
                failed.tries());
    }

    private ProducerRecord<byte[], byte[]> letter(
            SinkRecord record, byte[] value, String sink, FailedAttempts failed, Instant now) {
        ProducerRecord<byte[], byte[]> written =
                new ProducerRecord<>(topic, record.read().key(), value);
        DeadLetterHeaders.keep(record.read().headers(), written.headers());
        record.putOrigin(written.headers());
        DeadLetterHeaders.failure(
                written.headers(),
                sink,
                failed.reason(),
                failed.tries(),
                Objects.requireNonNullElse(failed.first(), now),
                Objects.requireNonNullElse(failed.last(), now));
        return written;
    }
}
