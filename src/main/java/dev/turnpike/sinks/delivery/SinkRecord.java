package dev.turnpike.sinks.delivery;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.kafka.clients.consumer.ConsumerRecord;
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

    /** From a message of a Kafka consumer whose key and value are not deserialized. */
    public static SinkRecord of(Message message) {
        Origin origin = new Origin(
                message.getHeader(KafkaConstants.TOPIC, String.class),
                message.getHeader(KafkaConstants.PARTITION, Integer.class),
                message.getHeader(KafkaConstants.OFFSET, Long.class));
        return new SinkRecord(
                origin,
                Instant.ofEpochMilli(message.getHeader(KafkaConstants.TIMESTAMP, Long.class)),
                (byte[]) message.getHeader(KafkaConstants.KEY),
                (byte[]) message.getBody(),
                (Headers) message.getHeader(KafkaConstants.HEADERS));
    }

    /** From a record read without Camel. */
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
}
