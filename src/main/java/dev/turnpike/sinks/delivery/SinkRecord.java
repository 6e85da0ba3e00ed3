package dev.turnpike.sinks.delivery;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** A record as it was read from Kafka: bytes and headers untouched, so that a dead letter is the original. */
public final class SinkRecord {
    private final Origin origin;
    private final Instant timestamp;
    private final byte[] key;
    private final byte[] value;
    private final Headers headers;

    private SinkRecord(Origin origin, Instant timestamp, byte[] key, byte[] value, Headers headers) {
        this.origin = origin;
        this.timestamp = timestamp;
        this.key = key;
        this.value = value;
        this.headers = headers;
    }

    public static SinkRecord of(ConsumerRecord<byte[], byte[]> read) {
        return new SinkRecord(
                new Origin(read.topic(), read.partition(), read.offset()),
                Instant.ofEpochMilli(read.timestamp()),
                read.key(),
                read.value(),
                read.headers());
    }

    public Origin origin() {
        return origin;
    }

    /** When Kafka got it. */
    public Instant timestamp() {
        return timestamp;
    }

    /** The key's bytes; null without a key. */
    public byte[] key() {
        return key;
    }

    /** The value's bytes; null for a tombstone. */
    public byte[] value() {
        return value;
    }

    /** Bytes of key and value. */
    int size() {
        return (key == null ? 0 : key.length) + (value == null ? 0 : value.length);
    }

    public Headers headers() {
        return headers;
    }

    /** A header as text; null where it is missing. */
    public String header(String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return origin.toString();
    }

    /** Where in Kafka a record was read. */
    public record Origin(String topic, int partition, long offset) {

        TopicPartition partitionOfTopic() {
            return new TopicPartition(topic, partition);
        }

        @Override
        public String toString() {
            return topic + "-" + partition + "@" + offset;
        }
    }
}
