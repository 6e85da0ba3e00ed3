package dev.turnpike.sinks.delivery;

/** Where in Kafka a record was read. */
public record Origin(String topic, int partition, long offset) {

    @Override
    public String toString() {
        return topic + "-" + partition + "@" + offset;
    }
}
