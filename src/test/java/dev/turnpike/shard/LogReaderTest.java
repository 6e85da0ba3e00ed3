package dev.turnpike.shard;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class LogReaderTest {
    private static final TopicPartition PARTITION = new TopicPartition("codex.command-log", 0);

    private final MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");
    private final LogReader reader = new LogReader(consumer, PARTITION);

    /** A consumer whose offset is gone begins at the first record that there is: that one is not what was awaited. */
    @Test
    void aRecordThatThePartitionHasLostIsNotVisible() {
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, 4L));
        consumer.schedulePollTask(() -> {
            consumer.seek(PARTITION, 0);
            consumer.addRecord(record(3));
        });

        assertThatThrownBy(() -> reader.await(10))
                .isInstanceOf(OffsetOutOfRangeException.class)
                .hasMessageContaining("offset 10");
    }

    /** Compaction removes records; whatever is behind them is visible later than they were. */
    @Test
    void aRecordBehindTheAwaitedOneShowsThatItWasVisible() {
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.schedulePollTask(() -> consumer.addRecord(record(12)));

        assertThatCode(() -> reader.await(10)).doesNotThrowAnyException();
    }

    private static ConsumerRecord<String, byte[]> record(long offset) {
        return new ConsumerRecord<>(PARTITION.topic(), PARTITION.partition(), offset, "key", new byte[0]);
    }
}
