package dev.turnpike.shard;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UndecidedEventsTest {
    private static final TopicPartition TURNS = new TopicPartition("codex.turns", 3);
    private static final TopicPartition TASKS = new TopicPartition("codex.tasks", 3);
    private static final Map<TopicPartition, Set<Long>> OPEN = Map.of(TURNS, Set.of(2L), TASKS, Set.of(5L));

    private final MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");
    private final UndecidedEvents events = new UndecidedEvents("codex.state-3");

    @BeforeEach
    void fill() {
        consumer.updateBeginningOffsets(Map.of(TURNS, 0L, TASKS, 0L));
        consumer.updateEndOffsets(Map.of(TURNS, 4L, TASKS, 6L));
        consumer.schedulePollTask(() -> consumer.addRecord(record(TASKS, 5)));
    }

    /** The events would be aborted, and those that were not read would be lost. */
    @Test
    void whatWasReadInPartIsNotTakenForAll() {
        consumer.schedulePollTask(() -> consumer.addRecord(record(TURNS, 2)));

        assertThatThrownBy(() -> events.read(consumer, OPEN, System.nanoTime() + 300_000_000, () -> false))
                .isInstanceOf(TimeoutException.class)
                .hasMessageContainingAll("codex.turns-3", "end 4", "to offset");
    }

    @Test
    void aShardThatIsLostIsNotReadAnyFurther() {
        assertThatThrownBy(() -> events.read(consumer, OPEN, System.nanoTime() + 60_000_000_000L, () -> true))
                .isInstanceOf(OwnershipLostException.class);
    }

    @Test
    void allPartitionsAreReadTogether() {
        consumer.schedulePollTask(() -> {
            consumer.addRecord(record(TURNS, 2));
            consumer.addRecord(record(TURNS, 3));
        });

        assertThatCode(() -> events.read(consumer, OPEN, System.nanoTime() + 60_000_000_000L, () -> false))
                .doesNotThrowAnyException();
    }

    private static ConsumerRecord<String, byte[]> record(TopicPartition partition, long offset) {
        return new ConsumerRecord<>(partition.topic(), partition.partition(), offset, "key", new byte[0]);
    }
}
