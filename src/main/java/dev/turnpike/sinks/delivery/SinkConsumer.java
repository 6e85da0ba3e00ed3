package dev.turnpike.sinks.delivery;

import dev.turnpike.kafka.TopicWriter;
import dev.turnpike.retry.Pauses;
import dev.turnpike.sinks.delivery.SinkState.FailedAttempts;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumer of one sink, a member of its consumer group: reads the public topics into a {@link Backlog}, commits
 * delivered records, and keeps polling while a receiver fails, so that it keeps its partitions.
 */
public final class SinkConsumer implements ConsumerRebalanceListener {
    private static final Logger log = LoggerFactory.getLogger(SinkConsumer.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration IDLE = Duration.ofMillis(100);
    private static final Duration BUSY = Duration.ofMillis(10);
    private static final Duration LAST_CALLS = Duration.ofSeconds(5);

    private final String sink;
    private final SinkOptions options;
    private final Duration failingAfter;
    private final SinkKafkaClient kafka;
    private final Receiver receiver;
    private final Clock clock;
    private final Backlog backlog;
    private final SinkState state;
    private final TopicWriter writer;
    private final SinkAlerts alerts;
    private final Deliveries deliveries;
    private final SinkOffsets offsets;
    private final Thread thread;
    private final ExecutorService workers;
    private Consumer<byte[], byte[]> consumer;
    private final Pauses pauses = new Pauses();

    /** @param failingAfter failures for this long without a delivery raise {@code sink.failing} */
    public SinkConsumer(
            String sink,
            SinkOptions options,
            Duration failingAfter,
            SinkKafkaClient kafka,
            Receiver receiver,
            DeliveryMeters meters,
            Clock clock) {
        this.sink = sink;
        this.options = options;
        this.failingAfter = failingAfter;
        this.kafka = kafka;
        this.receiver = receiver;
        this.clock = clock;
        this.backlog = new Backlog(sink, options.policy(), receiver, clock);
        this.state = new SinkState(kafka, sink);
        this.writer = new TopicWriter(kafka.clients());
        this.alerts = new SinkAlerts(sink, writer::write, kafka.prefix(), clock);
        this.deliveries = new Deliveries(
                sink,
                backlog,
                receiver,
                state::failed,
                state::forget,
                new DeadLetters(writer, kafka.topic("dead-letters")),
                alerts,
                meters,
                this::disable,
                clock);
        this.offsets = new SinkOffsets(sink, options.startFrom(), state, kafka, clock);
        this.thread = daemon(this::run, sink);
        this.workers = Executors.newFixedThreadPool(options.concurrency(), work -> daemon(work, sink + "-delivery"));
    }

    /** Starts reading and delivering. */
    public void start() {
        for (int i = 0; i < options.concurrency(); i++) {
            workers.execute(deliveries);
        }
        thread.start();
    }

    /** Requests a stop without waiting: calls in progress are finished, no new ones started. */
    public void stop() {
        pauses.stop();
        backlog.close();
    }

    /** Publishes the alert first: if Kafka rejects it, the sink stays enabled, and its receiver is tried again. */
    private synchronized void disable(SinkEvent refused, String reason) {
        if (pauses.isStopped()) {
            return; // another worker's call was rejected as well
        }
        alerts.disabled(refused, reason);
        state.disabled(reason, clock.instant());
        log.error(
                "Sink disabled until the next start sink={} account={} reason=\"{}\" event={}",
                sink,
                refused.account(),
                reason,
                refused.id());
        stop();
    }

    /** Returns when it has ended; it has committed what was delivered and left its group. */
    public void awaitEnd() throws InterruptedException {
        thread.join();
    }

    private void run() {
        while (!pauses.isStopped()) {
            try (Consumer<byte[], byte[]> opened = kafka.consumer(sink)) {
                consumer = opened;
                opened.subscribe(topics(), this);
                while (!pauses.isStopped()) {
                    pollOnce();
                }
                end();
            } catch (InterruptException e) {
                pauses.stop();
            } catch (RuntimeException | Error e) {
                log.warn("Sink consumer failed, restarting sink={}", sink, e);
                onPartitionsLost(offsets.partitions());
                pauses.pause(AFTER_FAILURE);
            }
        }
        workers.shutdownNow();
        state.close();
        writer.close();
    }

    private void pollOnce() {
        enqueue(consumer.poll(backlog.isIdle() ? IDLE : BUSY));
        Set<TopicPartition> assigned = offsets.partitions();
        assigned.forEach(partition -> offsets.progress(partition).reach(consumer.position(partition)));
        state.follow();
        backlog.pause(state.isPaused());
        boolean full = backlog.isFull();
        Map<Boolean, List<TopicPartition>> pausing = assigned.stream()
                .collect(Collectors.partitioningBy(
                        partition -> full || offsets.progress(partition).isFull()));
        consumer.pause(pausing.get(true));
        consumer.resume(pausing.get(false));
        offsets.commit(consumer, assigned);
        offsets.saveEachMinute();
        alerts.report(failingAfter, backlog, state);
    }

    private List<String> topics() {
        Stream<String> usage = options.filter().asksForUsage() ? Stream.of("usage") : Stream.empty();
        return Stream.concat(Stream.of("turns", "alerts", "redeliveries"), usage)
                .map(kafka::topic)
                .toList();
    }

    private void enqueue(ConsumerRecords<byte[], byte[]> records) {
        List<Entry> owed = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> read : records) {
            SinkRecord record = new SinkRecord(read);
            Progress reached = offsets.progress(record.origin().partitionOfTopic());
            if (reached.begin(read.offset())) {
                entry(record, reached).ifPresentOrElse(owed::add, () -> reached.markDone(read.offset()));
            }
        }
        if (!owed.isEmpty()) {
            backlog.add(owed);
        }
    }

    private Optional<Entry> entry(SinkRecord record, Progress reached) {
        try {
            if (!kafka.addressed(record, sink)) {
                return Optional.empty();
            }
            SinkEvent event = SinkEvent.of(record);
            // an alert about the sink itself that fails would raise another
            return options.filter().accepts(event) && receiver.accepts(event) && !event.isAbout(sink)
                    ? Optional.of(new Entry(record, event, state.failedAttempts(record.origin()), reached))
                    : Optional.empty();
        } catch (SinkEvent.MalformedEventException e) {
            return Optional.of(new Entry(record, null, new FailedAttempts(0, 0, null, null, e.getMessage()), reached));
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        backlog.assigned(consumer.assignment());
        if (partitions.isEmpty()) {
            return;
        }
        state.refresh();
        state.enabled();
        alerts.follow(backlog, state);
        backlog.pause(state.isPaused());
        offsets.assign(consumer, partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        endDeliveries(partitions, LAST_CALLS);
        offsets.commit(consumer, partitions);
        offsets.save();
        offsets.forget(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        endDeliveries(partitions, Duration.ZERO);
        offsets.forget(partitions);
    }

    private void endDeliveries(Collection<TopicPartition> partitions, Duration patience) {
        try {
            backlog.revoke(partitions, patience);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** Closing the consumer revokes its partitions, which commits the last deliveries. */
    private void end() {
        workers.shutdown();
        try {
            if (!workers.awaitTermination(LAST_CALLS.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("Abandoned deliveries in progress, they will be retried sink={}", sink);
            }
            alerts.deadLetters(true);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (KafkaException e) {
            log.warn("Failed to publish alert about last dead letters sink={}", sink, e);
        }
        onPartitionsRevoked(offsets.partitions());
    }

    private static Thread daemon(Runnable work, String name) {
        Thread made = new Thread(work, name);
        made.setDaemon(true);
        return made;
    }
}
