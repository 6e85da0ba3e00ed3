package dev.turnpike.sinks.delivery;

import dev.turnpike.events.DeadLetterHeaders;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what sinks could not deliver: the original record, with what is known of the failure in its headers. */
public final class DeadLetters implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

    private final Map<String, Object> kafka;
    private final String topic;
    private Producer<byte[], byte[]> producer;

    /** @param kafka properties of a Kafka client: at least the brokers */
    public DeadLetters(Map<String, Object> kafka, SinkTopics topics) {
        this.kafka = Map.copyOf(kafka);
        this.topic = topics.deadLetters();
    }

    /** Returns when Kafka has the letter; throws a {@link KafkaException} when it does not take it. */
    public void write(DeadLetter letter) {
        SinkRecord record = letter.record();
        try {
            send(record(letter, record.value()));
        } catch (RecordTooLargeException e) {
            log.warn("A dead letter goes out without its value, which its topic does not take record={}", record);
            send(record(letter, null));
        }
        log.warn(
                "A record is dead-lettered sink={} record={} reason=\"{}\" attempts={}",
                letter.sink(),
                record,
                letter.reason(),
                letter.attempts());
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close();
        }
    }

    private ProducerRecord<byte[], byte[]> record(DeadLetter letter, byte[] value) {
        SinkRecord record = letter.record();
        ProducerRecord<byte[], byte[]> written = new ProducerRecord<>(topic, record.key(), value);
        DeadLetterHeaders.keep(record.headers(), written.headers());
        // a redelivery that fails again keeps the place it first came from
        Origin origin = record.origin();
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

    private void send(ProducerRecord<byte[], byte[]> record) {
        try {
            producer().send(record).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RecordTooLargeException tooLarge) {
                throw tooLarge;
            }
            throw new KafkaException("Topic " + topic + " did not take a dead letter", e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private synchronized Producer<byte[], byte[]> producer() {
        if (producer == null) {
            Map<String, Object> properties = new HashMap<>(kafka);
            properties.put("acks", "all");
            properties.put("max.block.ms", 10_000);
            properties.put("request.timeout.ms", 5_000);
            properties.put("delivery.timeout.ms", 15_000);
            producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        }
        return producer;
    }
}
