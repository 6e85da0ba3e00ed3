package dev.turnpike.sinks.delivery;

import java.time.Duration;
import java.util.Map;
import org.apache.camel.component.kafka.consumer.KafkaManualCommit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Commits the offset behind one record, when its sink says so and never by itself. */
public final class HandCommit implements KafkaManualCommit {
    private final Consumer<?, ?> consumer;
    private final TopicPartition partition;
    private final long offset;
    private final Duration timeout;

    HandCommit(Consumer<?, ?> consumer, TopicPartition partition, long offset, Duration timeout) {
        this.consumer = consumer;
        this.partition = partition;
        this.offset = offset;
        this.timeout = timeout;
    }

    @Override
    public void commit() {
        consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset + 1)), timeout);
    }

    /** Whether both records were read by one consumer; after a reconnect it is another one. */
    public boolean sameConsumer(HandCommit other) {
        return consumer == other.consumer;
    }
}
