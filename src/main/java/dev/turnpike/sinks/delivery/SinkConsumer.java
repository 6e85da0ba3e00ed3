package dev.turnpike.sinks.delivery;

import dev.turnpike.retry.Pauses;
import dev.turnpike.sinks.delivery.SinkState.FailedAttempts;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
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

    private final SinkSpec spec;
    private final SinkKafkaClient kafka;
    private final Clock clock;
    private final SinkProgress progress = new SinkProgress();
    private final Backlog backlog;
    private final SinkState state;
    private final SinkAlerts alerts;
    private final DeadLetters deadLetters;
    private final Deliveries deliveries;
    private final Places places;
    private final Thread thread;
    private final ExecutorService workers;
    private Consumer<byte[], byte[]> consumer;
    private final Pauses pauses = new Pauses();

    public SinkConsumer(SinkSpec spec, SinkKafkaClient kafka, Receiver receiver, DeliveryMeters meters, Clock clock) {
        this.spec = spec;
        this.kafka = kafka;
        this.clock = clock;
        this.backlog = new Backlog(spec.sink(), spec.policy(), receiver, progress, clock);
        this.state = new SinkState(kafka, spec.sink());
        this.alerts = new SinkAlerts(spec.sink(), kafka, clock);
        this.deadLetters = new DeadLetters(kafka);
        this.deliveries = new Deliveries(
                spec.sink(),
                backlog,
                receiver,
                state::failed,
                state::forget,
                deadLetters,
                alerts,
                meters,
                this::disable,
                clock);
        this.places = new Places(spec.sink(), spec.startFrom(), state, kafka, clock);
        this.thread = daemon(this::run, spec.sink());
        this.workers =
                Executors.newFixedThreadPool(spec.concurrency(), work -> daemon(work, spec.sink() + "-delivery"));
    }

    /** Starts reading and delivering. */
    public void start() {
        for (int i = 0; i < spec.concurrency(); i++) {
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
    private synchronized void disable(DeliveredEvent refused, String reason) {
        if (pauses.isStopped()) {
            return; // another worker's call was refused as well
        }
        alerts.disabled(refused, reason);
        state.disabled(reason, clock.instant());
        log.error(
                "Sink disabled until the next start sink={} account={} reason=\"{}\" event={}",
                spec.sink(),
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
            try (Consumer<byte[], byte[]> opened = kafka.consumer(spec.sink())) {
                consumer = opened;
                opened.subscribe(spec.topics(), this);
                while (!pauses.isStopped()) {
                    pass();
                }
                end();
            } catch (InterruptException e) {
                pauses.stop();
            } catch (RuntimeException | Error e) {
                log.warn("Sink consumer failed, restarting sink={}", spec.sink(), e);
                onPartitionsLost(List.copyOf(progress.committed().keySet()));
                pauses.pause(AFTER_FAILURE);
            }
        }
        workers.shutdownNow();
        state.close();
        deadLetters.close();
    }

    private void pass() {
        take(consumer.poll(backlog.isIdle() ? IDLE : BUSY));
        consumer.assignment().forEach(partition -> progress.reach(partition, consumer.position(partition)));
        state.follow();
        backlog.pause(state.isPaused());
        Collection<TopicPartition> full = backlog.isFull() ? consumer.assignment() : progress.full();
        consumer.pause(full);
        consumer.resume(consumer.paused().stream()
                .filter(partition -> !full.contains(partition))
                .toList());
        commit(progress.due());
        places.savePeriodically(progress.committed());
        alerts.report(spec.failingAfter(), backlog, state);
    }

    private void take(ConsumerRecords<byte[], byte[]> records) {
        List<Entry> owed = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> read : records) {
            SinkRecord record = new SinkRecord(read);
            if (progress.take(record.origin())) {
                entry(record).ifPresentOrElse(owed::add, () -> progress.settle(record.origin()));
            }
        }
        if (!owed.isEmpty()) {
            backlog.add(owed);
        }
    }

    private Optional<Entry> entry(SinkRecord record) {
        try {
            if (!kafka.addressed(record, spec.sink())) {
                return Optional.empty();
            }
            DeliveredEvent event = DeliveredEvent.of(record);
            return spec.accepts(event)
                    ? Optional.of(new Entry(record, event, state.failedAttempts(record.origin())))
                    : Optional.empty();
        } catch (DeliveredEvent.MalformedEventException e) {
            return Optional.of(new Entry(record, null, new FailedAttempts(0, 0, null, null, e.getMessage())));
        }
    }

    private void commit(Map<TopicPartition, OffsetAndMetadata> due) {
        if (due.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(due);
            progress.committed(due);
        } catch (CommitFailedException | RetriableException e) {
            // the next poll joins the group again, or the next commit gets through
            log.warn("Failed to commit offsets sink={} reason=\"{}\"", spec.sink(), e.getMessage());
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        state.refresh();
        state.enabled();
        backlog.pause(state.isPaused());
        places.of(consumer, partitions).forEach((partition, place) -> {
            progress.assign(partition, place);
            consumer.seek(partition, place.offset());
        });
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> last = revoke(partitions, LAST_CALLS);
        commit(last);
        places.note(last);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        revoke(partitions, Duration.ZERO);
    }

    private Map<TopicPartition, OffsetAndMetadata> revoke(Collection<TopicPartition> partitions, Duration patience) {
        try {
            backlog.revoke(partitions, patience);
            return progress.revoke(partitions);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** Closing the consumer revokes its partitions, which commits the last deliveries. */
    private void end() {
        workers.shutdown();
        try {
            if (!workers.awaitTermination(LAST_CALLS.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("Abandoned deliveries in progress, they will be retried sink={}", spec.sink());
            }
            alerts.deadLetters(true);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (KafkaException e) {
            log.warn("Failed to publish alert about last dead letters sink={}", spec.sink(), e);
        }
        onPartitionsRevoked(List.copyOf(progress.committed().keySet()));
    }

    private static Thread daemon(Runnable work, String name) {
        Thread made = new Thread(work, name);
        made.setDaemon(true);
        return made;
    }
}
