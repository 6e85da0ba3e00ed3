package dev.turnpike.sinks.delivery;

import dev.turnpike.events.DeadLetterHeaders;
import dev.turnpike.events.EventRecords;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;

/** A record as read from Kafka, with bytes and headers unchanged for its dead letter. */
public record SinkRecord(ConsumerRecord<byte[], byte[]> read) {
    public Origin origin() {
        return new Origin(read.topic(), read.partition(), read.offset());
    }

    /** Bytes of key and value. */
    int size() {
        return Math.max(0, read.serializedKeySize()) + Math.max(0, read.serializedValueSize());
    }

    /** A header as text; null where it is missing. */
    public String header(String name) {
        return EventRecords.header(read.headers(), name);
    }

    /** Adds its position to the headers of a copy; a dead letter and a redelivery keep that of the original record. */
    public void putOrigin(Headers copy) {
        if (header(DeadLetterHeaders.ORIGIN_TOPIC) == null) {
            DeadLetterHeaders.origin(copy, read.topic(), read.partition(), read.offset());
        } else {
            DeadLetterHeaders.origin(
                    copy,
                    header(DeadLetterHeaders.ORIGIN_TOPIC),
                    header(DeadLetterHeaders.ORIGIN_PARTITION),
                    header(DeadLetterHeaders.ORIGIN_OFFSET));
        }
    }

    @Override
    public String toString() {
        return origin().toString();
    }

    /** Position of a record in Kafka. */
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
