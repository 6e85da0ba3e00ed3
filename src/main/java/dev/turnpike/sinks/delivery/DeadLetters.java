package dev.turnpike.sinks.delivery;

import dev.turnpike.events.DeadLetterHeaders;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what sinks could not deliver: the original record, with what is known of the failure in its headers. */
public final class DeadLetters implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

    private final TopicWriter writer;
    private final String topic;

    /** @param kafka properties of a Kafka client: at least the brokers */
    public DeadLetters(Map<String, Object> kafka, SinkTopics topics) {
        this.writer = new TopicWriter(kafka);
        this.topic = topics.deadLetters();
    }

    /** Returns when Kafka has the letter; throws a {@link KafkaException} when it does not take it. */
    public void write(DeadLetter letter) {
        SinkRecord record = letter.record();
        try {
            writer.write(record(letter, record.value()));
        } catch (RecordTooLargeException e) {
            log.warn("Dead letter published without its value, which is too large for its topic record={}", record);
            writer.write(record(letter, null));
        }
        log.warn(
                "Record dead-lettered sink={} record={} reason=\"{}\" attempts={}",
                letter.sink(),
                record,
                letter.reason(),
                letter.attempts());
    }

    @Override
    public void close() {
        writer.close();
    }

    private ProducerRecord<byte[], byte[]> record(DeadLetter letter, byte[] value) {
        SinkRecord record = letter.record();
        ProducerRecord<byte[], byte[]> written = new ProducerRecord<>(topic, record.key(), value);
        DeadLetterHeaders.keep(record.headers(), written.headers());
        // a redelivery that fails again keeps the place it first came from
        SinkRecord.Origin origin = record.origin();
        DeadLetterHeaders.origin(
                written.headers(),
                former(record, DeadLetterHeaders.ORIGIN_TOPIC, origin.topic()),
                former(record, DeadLetterHeaders.ORIGIN_PARTITION, origin.partition()),
                former(record, DeadLetterHeaders.ORIGIN_OFFSET, origin.offset()));
        DeadLetterHeaders.failure(
                written.headers(),
                letter.sink(),
                letter.reason(),
                letter.attempts(),
                letter.firstAttempt(),
                letter.lastAttempt());
        return written;
    }

    private static Object former(SinkRecord record, String header, Object otherwise) {
        String former = record.header(header);
        return former == null ? otherwise : former;
    }

    /**
     * A record a sink could not deliver.
     *
     * @param reason a few words without any secret
     * @param attempts 0 where it was never tried, since it is no event
     */
    public record DeadLetter(
            SinkRecord record, String sink, String reason, int attempts, Instant firstAttempt, Instant lastAttempt) {}
}
