package dev.turnpike.commandline;

import dev.turnpike.events.EventTopic;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Offsets;
import dev.turnpike.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

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
     * Starts to read.
     *
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
        this.topic = EventTopic.TURNS.topic(settings.text("topics.prefix"));
        this.since = since;
        this.shown = shown;
        this.onFailure = onFailure;
        this.consumer = new KafkaClients(brokers, settings.kafkaProperties()).committedReader();
        this.thread = new Thread(this::tail, "turns");
        thread.setDaemon(true);
        thread.start();
    }

    /** Why it ended by itself; null while it is running. */
    RuntimeException failure() {
        return failure;
    }

    /** Shows nothing more from now on. */
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
            // the runtime has created its topics by now
            List<TopicPartition> partitions = Offsets.partitions(consumer, List.of(topic));
            consumer.assign(partitions);
            Offsets.since(consumer, partitions, partition -> since).forEach(consumer::seek);
            while (!closing) {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(BEAT)) {
                    if (closing) {
                        return;
                    }
                    shown.accept(record);
                }
            }
        } catch (RuntimeException e) {
            if (!closing) {
                failure = e;
                onFailure.run();
            }
        }
    }
}
