package dev.turnpike.sinks.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.MovableClock;
import dev.turnpike.sinks.SinkKafka;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class SinkOffsetsIT {
    @Test
    void anOffsetThatAKilledProcessCommittedLastIsSavedByTheNext() throws Exception {
        try (SinkKafka kafka = new SinkKafka();
                SinkState state = new SinkState(kafka.topics(), "webhook-ci");
                MockConsumer<byte[], byte[]> consumer = new MockConsumer<>(AutoOffsetResetStrategy.EARLIEST.name())) {
            TopicPartition partition = new TopicPartition(kafka.topics().topic("turns"), 0);
            consumer.assign(List.of(partition));
            consumer.updateBeginningOffsets(Map.of(partition, 0L));
            OffsetAndMetadata committed = new OffsetAndMetadata(100, "Aw==");
            consumer.commitSync(Map.of(partition, committed));
            state.saveOffset(partition, new OffsetAndMetadata(50, ""));
            SinkOffsets offsets = new SinkOffsets(
                    "webhook-ci", null, state, kafka.topics(), new MovableClock(Instant.parse("2026-11-22T10:00:00Z")));

            offsets.assign(consumer, List.of(partition));
            offsets.saveEachMinute();

            state.refresh();
            assertThat(state.offset(partition)).hasValue(committed);
        }
    }

    @Test
    void aSuspendedInstanceDoesNotSaveAnOffsetOverALaterOne() throws Exception {
        MovableClock clock = new MovableClock(Instant.parse("2026-11-22T10:00:00Z"));
        try (SinkKafka kafka = new SinkKafka();
                SinkState state = new SinkState(kafka.topics(), "webhook-ci");
                MockConsumer<byte[], byte[]> consumer = new MockConsumer<>(AutoOffsetResetStrategy.EARLIEST.name())) {
            TopicPartition partition = new TopicPartition(kafka.topics().topic("turns"), 0);
            consumer.assign(List.of(partition));
            consumer.updateBeginningOffsets(Map.of(partition, 0L));
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(100, "")));
            SinkOffsets offsets = new SinkOffsets("webhook-ci", null, state, kafka.topics(), clock);
            offsets.assign(consumer, List.of(partition));
            offsets.saveEachMinute();

            // another instance has the partition by now, which this one has not noticed
            OffsetAndMetadata later = new OffsetAndMetadata(200, "");
            state.saveOffset(partition, later);
            clock.move(Duration.ofMinutes(2));
            offsets.saveEachMinute();

            state.refresh();
            assertThat(state.offset(partition)).hasValue(later);
        }
    }
}
