package dev.turnpike.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes single records outside of any transaction, confirmed by all replicas. */
public final class TopicWriter implements AutoCloseable {
    private final KafkaClients clients;
    private Producer<byte[], byte[]> producer;

    /** Opens nothing yet. */
    public TopicWriter(KafkaClients clients) {
        this.clients = clients;
    }

    /** A producer that gives up after a quarter of a minute. */
    public static Producer<byte[], byte[]> producer(KafkaClients clients) {
        Map<String, Object> properties = new HashMap<>(clients.plain());
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
        KafkaClients.answer(opened().send(record));
    }

    private synchronized Producer<byte[], byte[]> opened() {
        if (producer == null) {
            producer = producer(clients);
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
