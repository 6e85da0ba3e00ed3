package dev.turnpike.sinks.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
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
        for (Header header : record.headers()) {
            // a header named like those of Camel's Kafka component would change what a route does with the letter
            if (!header.key().startsWith(SinkHeaders.PREFIX) && !header.key().startsWith("kafka.")) {
                written.headers().add(header);
            }
        }
        // a redelivery that fails again keeps the place it first came from
        Origin origin = record.origin();
        put(written, SinkHeaders.ORIGIN_TOPIC, former(record, SinkHeaders.ORIGIN_TOPIC, origin.topic()));
        put(written, SinkHeaders.ORIGIN_PARTITION, former(record, SinkHeaders.ORIGIN_PARTITION, origin.partition()));
        put(written, SinkHeaders.ORIGIN_OFFSET, former(record, SinkHeaders.ORIGIN_OFFSET, origin.offset()));
        put(written, SinkHeaders.SINK, letter.sink());
        put(written, SinkHeaders.REASON, letter.reason());
        put(written, SinkHeaders.ATTEMPTS, letter.attempts());
        put(written, SinkHeaders.FIRST_ATTEMPT, letter.firstAttempt());
        put(written, SinkHeaders.LAST_ATTEMPT, letter.lastAttempt());
        return written;
    }

    private static Object former(SinkRecord record, String header, Object otherwise) {
        String former = record.header(header);
        return former == null ? otherwise : former;
    }

    private static void put(ProducerRecord<byte[], byte[]> record, String header, Object value) {
        record.headers().add(header, String.valueOf(value).getBytes(UTF_8));
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
