package dev.turnpike.sinks.delivery;

import java.time.Duration;
import org.apache.camel.component.kafka.consumer.CommitManager;
import org.apache.camel.component.kafka.consumer.KafkaManualCommit;
import org.apache.camel.component.kafka.consumer.KafkaManualCommitFactory;

/**
 * Makes the commits of the sinks' consumers. With Camel's own factories the component also commits whatever exchange
 * ended well, which for a burst that is still being collected would be too early; with a foreign one it leaves all of
 * it to the route.
 */
public final class HandCommits implements KafkaManualCommitFactory {

    @Override
    public KafkaManualCommit newInstance(
            CamelExchangePayload exchange, KafkaRecordPayload record, CommitManager commitManager) {
        return new HandCommit(
                exchange.consumer, record.partition, record.recordOffset, Duration.ofMillis(record.commitTimeout));
    }
}
