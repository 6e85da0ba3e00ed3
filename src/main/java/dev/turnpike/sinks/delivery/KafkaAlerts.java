package dev.turnpike.sinks.delivery;

import dev.turnpike.events.Event;
import dev.turnpike.events.EventRecords;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Publishes the sinks' own alerts like any other event, as a CloudEvent in binary mode. A sink is no shard, so it is
 * outside of any transaction: the alert is there at least once, with the same id each time.
 */
public final class KafkaAlerts implements AlertPublisher {
    private final Map<String, Object> client;
    private final EventRecords records;

    /** @param client properties of a Kafka client: at least the brokers */
    public KafkaAlerts(Map<String, Object> client, String topicsPrefix) {
        this.client = Map.copyOf(client);
        this.records = new EventRecords(topicsPrefix);
    }

    @Override
    public void publish(Event alert) {
        Map<String, Object> properties = new HashMap<>(client);
        properties.put("acks", "all");
        properties.put("delivery.timeout.ms", 15_000);
        properties.put("request.timeout.ms", 5_000);
        // once in a blue moon: no producer is kept for it
        try (Producer<String, byte[]> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer())) {
            producer.send(records.of(alert)).get();
        } catch (ExecutionException e) {
            throw new KafkaException("The alert " + alert.type() + " was not taken by Kafka", e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
