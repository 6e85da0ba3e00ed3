package dev.turnpike.sinks.delivery;

import dev.turnpike.sinks.delivery.Backlog.Next;
import dev.turnpike.sinks.delivery.Entry.Delivery;
import dev.turnpike.sinks.delivery.Receiver.Failure;
import dev.turnpike.sinks.delivery.SinkState.FailedAttempts;
import java.time.Clock;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop of a sink's workers: takes due events, passes them to the receiver, and records the outcome.
 *
 * @param saved saves the failed tries of a record
 * @param forgotten deletes them
 * @param disable disables the sink, with the event that its receiver rejected and the reason
 */
record Deliveries(
        String sink,
        Backlog backlog,
        Receiver receiver,
        BiConsumer<SinkRecord.Origin, FailedAttempts> saved,
        Consumer<SinkRecord.Origin> forgotten,
        DeadLetters deadLetters,
        SinkAlerts alerts,
        DeliveryMeters meters,
        BiConsumer<SinkEvent, String> disable,
        Clock clock)
        implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Deliveries.class);
    private static final Duration KAFKA_PAUSE = Duration.ofSeconds(1);

    @Override
    public void run() {
        try {
            for (Delivery delivery = backlog.next(); delivery != null; delivery = backlog.next()) {
                attempt(delivery);
            }
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt(); // deliveries in progress are kept for the next start
        }
    }

    private void attempt(Delivery delivery) throws InterruptedException {
        try {
            if (delivery.overdue()) {
                giveUp(delivery);
            } else {
                deliver(delivery);
            }
        } catch (InterruptException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            // Kafka rejected an alert or a dead letter, for example: what is not delivered stays and is retried
            log.warn(
                    "Failed to complete delivery, retrying sink={} account={} records={}",
                    sink,
                    delivery.account(),
                    delivery.records(),
                    e);
            backlog.requeue(delivery, KAFKA_PAUSE);
        }
    }

    private void deliver(Delivery delivery) throws InterruptedException {
        try {
            receiver.deliver(delivery.events());
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            failed(delivery, receiver.failure(e));
            return;
        } catch (Error e) { // a class is missing in a library, for example
            log.error(
                    "Failed to deliver sink={} account={} records={}", sink, delivery.account(), delivery.records(), e);
            failed(delivery, Failure.of(Failure.Kind.UNCLEAR, e.getClass().getSimpleName()));
            return;
        }
        backlog.complete(delivery, true);
        meters.delivered(sink, delivery.entries().size());
        for (Entry entry : delivery.entries()) {
            log.info(
                    "Event delivered sink={} account={} event={} type={} record={}",
                    sink,
                    entry.event.account(),
                    entry.event.id(),
                    entry.event.kind(),
                    entry.record);
        }
        forget(delivery);
    }

    private void failed(Delivery delivery, Failure failure) {
        Entry first = delivery.entries().get(0);
        if (failure.kind() == Failure.Kind.GONE) {
            meters.failed(sink, 1);
            try {
                disable.accept(first.event, failure.reason());
            } finally {
                // Kafka may reject that it is disabled: it is tried again after a pause
                backlog.failed(delivery, failure);
            }
            return;
        }
        Next next = backlog.failed(delivery, failure);
        log.warn(
                "Delivery failed sink={} account={} records={} reason=\"{}\" kind={} attempts={} next={}",
                sink,
                delivery.account(),
                delivery.records(),
                failure.reason(),
                failure.kind(),
                first.failed == null ? 1 : first.failed.tries(),
                next);
        if (next == Next.DEAD_LETTER) {
            giveUp(delivery);
            return;
        }
        meters.failed(sink, delivery.entries().size());
        if (next == Next.RETRY) {
            change(
                    "Failed to save attempts, kept in memory only",
                    delivery,
                    entry -> saved.accept(entry.record.origin(), entry.failed));
        }
    }

    /** Writes the dead letter first: if Kafka rejects it, the event stays. */
    private void giveUp(Delivery delivery) {
        Entry entry = delivery.entries().get(0);
        deadLetters.write(entry.record, sink, entry.failed, clock.instant());
        backlog.complete(delivery, false);
        meters.deadLettered(sink, 1);
        alerts.deadLettered(entry);
        forget(delivery);
    }

    private void forget(Delivery delivery) {
        change("Failed to delete saved attempts of delivered or dead-lettered events", delivery, entry -> {
            if (entry.failed != null) {
                forgotten.accept(entry.record.origin());
            }
        });
    }

    /** Changes what is saved of its entries; where Kafka rejects that, the deliveries go on. */
    private void change(String problem, Delivery delivery, Consumer<Entry> change) {
        try {
            delivery.entries().forEach(change);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            log.warn("{} sink={} account={} records={}", problem, sink, delivery.account(), delivery.records(), e);
        }
    }
}
