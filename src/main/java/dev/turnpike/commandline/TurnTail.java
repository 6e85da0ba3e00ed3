package dev.turnpike.commandline;

import dev.turnpike.events.Stream;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/** Reads committed turns from a time on, without a consumer group. */
final class TurnTail implements AutoCloseable {
    private static final Duration BEAT = Duration.ofMillis(250);

    private final String topic;
    private final Instant since;
    private final Consumer<ConsumerRecord<String, byte[]>> shown;
    private final Runnable onFailure;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Thread thread;
    private volatile boolean closing;
    private volatile RuntimeException failure;

    /**
     * @param since older records are skipped
     * @param shown called in one thread, in the order of each partition
     * @param onFailure called when the tail ends by itself
     */
    TurnTail(
            Settings settings,
            String brokers,
            Instant since,
            Consumer<ConsumerRecord<String, byte[]>> shown,
            Runnable onFailure) {
        this.topic = Stream.TURNS.topic(settings.text("topics.prefix"));
        this.since = since;
        this.shown = shown;
        this.onFailure = onFailure;
        this.consumer = new KafkaClients(brokers, settings.kafkaProperties()).committedReader();
        this.thread = new Thread(this::tail, "turns");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Why it ended by itself; null while it is running. */
    RuntimeException failure() {
        return failure;
    }

    @Override
    public void close() {
        closing = true;
        consumer.wakeup();
        try {
            thread.join(Duration.ofSeconds(5).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tail() {
        try (consumer) {
            goToTheStart();
            while (!closing) {
                consumer.poll(BEAT).forEach(shown);
            }
        } catch (WakeupException e) {
            if (!closing) {
                failed(e);
            }
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void failed(RuntimeException e) {
        failure = e;
        onFailure.run();
    }

    private void goToTheStart() {
        // the runtime has created its topics by now
        List<PartitionInfo> partitions = consumer.partitionsFor(topic);
        if (partitions.isEmpty()) {
            throw new IllegalStateException("there is no topic " + topic);
        }
        List<TopicPartition> assigned = partitions.stream()
                .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                .toList();
        consumer.assign(assigned);
        Map<TopicPartition, Long> ends = consumer.endOffsets(assigned);
        Map<TopicPartition, Long> times = new HashMap<>();
        assigned.forEach(partition -> times.put(partition, since.toEpochMilli()));
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(times);
        assigned.forEach(partition -> {
            OffsetAndTimestamp first = found.get(partition);
            consumer.seek(partition, first == null ? ends.get(partition) : first.offset());
        });
    }
}
