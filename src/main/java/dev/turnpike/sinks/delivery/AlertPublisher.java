package dev.turnpike.sinks.delivery;

import dev.turnpike.events.Event;

/** Where a sink tells that something is wrong with it. */
@FunctionalInterface
public interface AlertPublisher {

    /** Returns when Kafka has the alert; throws a {@link org.apache.kafka.common.KafkaException} when it does not take it. */
    void publish(Event alert);
}
