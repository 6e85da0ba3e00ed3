package dev.turnpike.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UndecidedEventsTest {
    private static final String WRITER = "codex.state-3";
    private static final TopicPartition TURNS = new TopicPartition("codex.turns", 3);
    private static final TopicPartition TASKS = new TopicPartition("codex.tasks", 3);
    private static final Map<TopicPartition, Long> OPEN = Map.of(TURNS, 2L, TASKS, 5L);

    private final MockConsumer<String, byte[]> consumer = new MockConsumer<>("earliest");
    private final MockProducer<String, byte[]> producer =
            new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());

    @BeforeEach
    void fill() {
        consumer.updateBeginningOffsets(Map.of(TURNS, 0L, TASKS, 0L));
        consumer.updateEndOffsets(Map.of(TURNS, 7L, TASKS, 6L));
        consumer.schedulePollTask(() -> add(TASKS, 5, "codex.state-3@10"));
    }

    /** The events would be aborted, and those that were not read would be lost. */
    @Test
    void whatWasReadInPartIsNotTakenForAll() {
        consumer.schedulePollTask(() -> add(TURNS, 2, "codex.state-3@10"));

        assertThatThrownBy(() -> read(Duration.ofMillis(300), () -> false))
                .isInstanceOf(TimeoutException.class)
                .hasMessageContainingAll("codex.turns-3=7", "only", "codex.turns-3=3");
    }

    @Test
    void aShardThatIsLostIsNotReadAnyFurther() {
        assertThatThrownBy(() -> read(Duration.ofMinutes(1), () -> true)).isInstanceOf(OwnershipLostException.class);
    }

    @Test
    void whatTheStateSaysIsCommittedIsPublishedAgainFromAllPartitions() {
        consumer.schedulePollTask(() -> {
            add(TURNS, 1, "codex.state-3@8");
            add(TURNS, 2, "codex.state-3@10");
            add(TURNS, 3, "codex.state-33@10");
            add(TURNS, 4, "codex.state-3@12");
            add(TURNS, 5, "codex.state-3@14");
            add(TURNS, 6, null);
        });
        producer.initTransactions();

        UndecidedEvents events = new UndecidedEvents(
                WRITER, Optional.of(new OpenTransactions(OPEN, Map.of())), read(Duration.ofMinutes(1), () -> false));
        events.abort(producer);
        events.republish(producer, events.toRepublish("codex.state-3@12"));

        assertThat(producer.history())
                .extracting(ProducerRecord::key)
                .containsExactlyInAnyOrder("codex.tasks 5", "codex.turns 2", "codex.turns 4");
        assertThat(producer.history()).extracting(ProducerRecord::partition).containsOnly(3);
        assertThat(producer.commitCount())
                .as("transactions that were committed")
                .isEqualTo(1);
    }

    private List<ConsumerRecord<String, byte[]>> read(Duration standstill, BooleanSupplier isLost) {
        return UndecidedEvents.read(consumer, OPEN, WRITER, standstill, isLost);
    }

    private void add(TopicPartition partition, long offset, String transaction) {
        RecordHeaders headers = new RecordHeaders();
        if (transaction != null) {
            headers.add("turnpike_transaction", transaction.getBytes(UTF_8));
        }
        consumer.addRecord(new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                1_000,
                TimestampType.CREATE_TIME,
                0,
                0,
                partition.topic() + " " + offset,
                new byte[0],
                headers,
                Optional.empty()));
    }
}
