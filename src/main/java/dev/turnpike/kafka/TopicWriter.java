package dev.turnpike.kafka;

import java.time.Duration;
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

/** Writes single records outside of any transaction, confirmed by all replicas. */
public final class TopicWriter implements AutoCloseable {
    private final Map<String, Object> kafka;
    private Producer<byte[], byte[]> producer;

    /**
     * Opens nothing yet.
     *
     * @param kafka properties of a Kafka client: at least the brokers
     */
    public TopicWriter(Map<String, Object> kafka) {
        this.kafka = Map.copyOf(kafka);
    }

    /** A producer that gives up after a quarter of a minute. */
    public static Producer<byte[], byte[]> producer(Map<String, Object> kafka) {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.put("acks", "all");
        properties.put("max.block.ms", 10_000);
        properties.put("request.timeout.ms", 5_000);
        properties.put("delivery.timeout.ms", 15_000);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /**
     * Returns when Kafka has the record.
     *
     * @throws RecordTooLargeException when the record is too large for its topic
     * @throws KafkaException when it is not confirmed for another reason
     */
    public void write(ProducerRecord<byte[], byte[]> record) {
        try {
            opened().send(record).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RecordTooLargeException tooLarge) {
                throw tooLarge;
            }
            throw new KafkaException("Failed to write record to topic " + record.topic(), e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private synchronized Producer<byte[], byte[]> opened() {
        if (producer == null) {
            producer = producer(kafka);
        }
        return producer;
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close(Duration.ofSeconds(5));
            producer = null;
        }
    }
}
