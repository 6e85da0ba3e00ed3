package dev.turnpike.sinks.delivery;

import dev.turnpike.retry.Pauses;
import dev.turnpike.sinks.delivery.Entry.Delivery;
import dev.turnpike.sinks.delivery.Entry.Lane;
import dev.turnpike.sinks.delivery.Receiver.Failure;
import dev.turnpike.sinks.delivery.SinkOptions.RetryPolicy;
import dev.turnpike.sinks.delivery.SinkState.FailedAttempts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records that a sink has read from Kafka and not yet delivered, in one ordered lane per task, from which the workers
 * take due ones. It attributes failures to the record or to the receiver.
 */
final class Backlog {
    private static final Logger log = LoggerFactory.getLogger(Backlog.class);
    private static final int MOST_RECORDS = 1_000;
    private static final long MOST_BYTES = 32 * 1024 * 1024;

    private final String sink;
    private final RetryPolicy policy;
    private final Receiver receiver;
    private final Clock clock;
    private final ReceiverState receiverState;
    /** The lane that has waited longest comes first. */
    private final Map<String, Lane> lanes = new LinkedHashMap<>();

    /** The deliveries in progress. */
    private final Set<Delivery> underWay = Collections.newSetFromMap(new IdentityHashMap<>());

    private long sequence;
    private boolean paused;
    private boolean closed;

    /** @param receiver decides how many events make one delivery */
    Backlog(String sink, RetryPolicy policy, Receiver receiver, Clock clock) {
        this.sink = sink;
        this.policy = policy;
        this.receiver = receiver;
        this.clock = clock;
        this.receiverState = new ReceiverState(policy);
    }

    /** Waits, up to a limit, for deliveries of these partitions in progress, and drops their other records. */
    synchronized void revoke(Collection<TopicPartition> revoked, Duration patience) throws InterruptedException {
        drop(entry -> isOf(entry, revoked) && !entry.underWay);
        Instant until = clock.instant().plus(patience);
        while (entries().anyMatch(entry -> isOf(entry, revoked))
                && clock.instant().isBefore(until)) {
            wait(50);
        }
        drop(entry -> isOf(entry, revoked));
    }

    /** All partitions that are read from now on: failures in them count on, those in others do not. */
    synchronized void assigned(Set<TopicPartition> partitions) {
        receiverState.retain(partitions, clock.instant());
    }

    synchronized void add(List<Entry> entries) {
        for (Entry entry : entries) {
            entry.home = lanes.computeIfAbsent(entry.lane, name -> new Lane());
            entry.sequence = sequence++;
            entry.home.entries.add(entry);
        }
        notifyAll();
    }

    synchronized boolean isFull() {
        return entries().count() >= MOST_RECORDS
                || entries().mapToLong(entry -> entry.record.size()).sum() >= MOST_BYTES;
    }

    /** Waits for the next delivery; null at the end. */
    synchronized Delivery next() throws InterruptedException {
        while (!closed) {
            Delivery delivery = poll();
            if (delivery != null) {
                return delivery;
            }
            wait(Math.max(1, Math.min(500, untilDue(clock.instant()).toMillis())));
        }
        return null;
    }

    /** The next delivery; null where none is due. */
    synchronized Delivery poll() {
        Delivery delivery = paused ? null : choose(clock.instant());
        if (delivery != null) {
            delivery.entries().forEach(entry -> {
                entry.underWay = true;
                entry.home.busy = true;
            });
            underWay.add(delivery);
        }
        return delivery;
    }

    /** Completes entries that were delivered or dead-lettered; those of a revoked partition have been dropped before. */
    synchronized void complete(Delivery delivery, boolean delivered) {
        if (delivered) {
            receiverState.delivered(clock.instant());
        }
        for (Entry entry : delivery.entries()) {
            if (!delivered) {
                receiverState.deadLettered(entry.lane, clock.instant());
            }
            if (entry.home.entries.remove(entry)) {
                entry.markDone();
            }
            entry.home.notBefore = Instant.MIN;
        }
        release(delivery);
    }

    /** What follows a failed attempt. */
    enum Next {
        RETRY,
        /** It was the last attempt of a single event. */
        DEAD_LETTER,
        /** A partition of it was revoked: another instance delivers its events, and this attempt does not count for any. */
        NOTHING
    }

    /** Records a failed attempt. */
    synchronized Next failed(Delivery delivery, Failure failure) {
        Instant now = clock.instant();
        List<Entry> left = delivery.entries().stream()
                .filter(entry -> entry.home.entries.contains(entry))
                .toList();
        if (left.size() < delivery.entries().size()) {
            if (!left.isEmpty()) {
                receiverState.failed(left, failure, now);
                Instant again = now.plus(Pauses.longer(failure.retryAfter(), policy.pauseAfter(1)));
                left.forEach(entry -> entry.home.notBefore = again);
            }
            release(delivery);
            return Next.NOTHING;
        }
        boolean alone = delivery.entries().size() == 1;
        boolean last = false;
        for (Entry entry : delivery.entries()) {
            boolean refusal = alone
                    && (failure.kind() == Failure.Kind.RECORD
                            || (failure.kind() == Failure.Kind.UNCLEAR
                                    && entry.failed != null
                                    && receiverState.deliveries() > entry.deliveries));
            entry.failed = FailedAttempts.after(entry.failed, failure, refusal, now);
            entry.deliveries = receiverState.deliveries();
            entry.apart |= failure.kind() == Failure.Kind.RECORD
                    || (failure.kind() == Failure.Kind.UNCLEAR && entry.failed.tries() >= policy.recordTries());
            Duration pause = policy.pauseAfter(entry.failed.tries());
            entry.home.notBefore = now.plus(Pauses.longer(failure.retryAfter(), pause));
            last = alone && isLast(entry.failed, failure.kind(), now);
        }
        receiverState.failed(delivery.entries(), failure, now);
        if (last) {
            return Next.DEAD_LETTER;
        }
        release(delivery);
        return Next.RETRY;
    }

    /** Returns a delivery that could not be completed, to be tried again after a pause; does nothing if it has ended. */
    synchronized void requeue(Delivery delivery, Duration pause) {
        if (underWay.contains(delivery)) {
            Instant again = clock.instant().plus(pause);
            delivery.entries().forEach(entry -> entry.home.keptUntil = again);
            release(delivery);
        }
    }

    synchronized void pause(boolean pausing) {
        paused = pausing;
        notifyAll();
    }

    synchronized boolean isIdle() {
        return underWay.isEmpty();
    }

    /** Since when the receiver has failed, and why; empty where it delivers. */
    synchronized Optional<SinkState.Failing> failing() {
        return receiverState.failing();
    }

    /** Deliveries so far. */
    synchronized long deliveries() {
        return receiverState.deliveries();
    }

    /** Ends all deliveries. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }

    private boolean isLast(FailedAttempts failed, Failure.Kind kind, Instant now) {
        return switch (kind) {
            case RECORD -> failed.refusals() >= policy.recordTries();
            case UNCLEAR -> failed.refusals() >= policy.evidenceTries() || isOverdue(failed, now);
            case ENDPOINT -> isOverdue(failed, now);
            case SETUP, GONE -> false;
        };
    }

    private boolean isOverdue(FailedAttempts failed, Instant now) {
        return !failed.first().plus(policy.giveUpAfter()).isAfter(now);
    }

    private Delivery choose(Instant now) {
        boolean held = receiverState.isHeld();
        boolean probing = held && underWay.isEmpty() && receiverState.isDue(now);
        List<Entry> heads = new ArrayList<>();
        for (Lane lane : lanes.values()) {
            Entry head = lane.entries.getFirst();
            if (lane.busy || lane.keptUntil.isAfter(now)) {
                continue;
            }
            if (head.event == null
                    || (receiverState.mayGiveUp() && head.failed != null && isOverdue(head.failed, now))) {
                return new Delivery(List.of(head), true);
            }
            if (probing || (!held && lane.isDue(now))) {
                heads.add(head);
                if (receiver.most() == 1) {
                    break;
                }
            }
        }
        if (heads.isEmpty()) {
            return null;
        }
        return new Delivery(receiver.most() == 1 ? heads : together(heads), false);
    }

    /** The entries of one delivery, in order of arrival, or the one that has waited longest. */
    private List<Entry> together(List<Entry> heads) {
        List<Entry> ready = new ArrayList<>();
        for (Entry head : heads) {
            for (Entry entry : head.home.entries) {
                if (entry.apart || entry.event == null) {
                    break;
                }
                ready.add(entry);
            }
        }
        ready.sort(Comparator.comparing(entry -> entry.sequence));
        List<Entry> first = ready.subList(0, Math.min(receiver.most(), ready.size()));
        int count = count(first);
        return count < 2 || heads.get(0).apart ? List.of(heads.get(0)) : List.copyOf(first.subList(0, count));
    }

    /** How many of these make one delivery; an event that cannot be counted is tried like any other, alone. */
    private int count(List<Entry> ready) {
        try {
            return receiver.together(ready.stream().map(entry -> entry.event).toList());
        } catch (RuntimeException | Error e) {
            log.warn(
                    "Failed to batch events, delivering the first one alone sink={} account={} records={}",
                    sink,
                    ready.get(0).account(),
                    ready.stream().map(entry -> entry.record).toList(),
                    e);
            return 1;
        }
    }

    private Duration untilDue(Instant now) {
        Instant due = receiverState.isHeld()
                ? receiverState.notBefore()
                : lanes.values().stream()
                        .filter(lane -> !lane.busy)
                        .map(lane -> lane.notBefore)
                        .min(Comparator.naturalOrder())
                        .orElse(now.plusSeconds(1));
        return due.isAfter(now) ? Duration.between(now, due) : Duration.ofMillis(500);
    }

    /** Releases the lanes of a delivery, which then wait behind all others. */
    private void release(Delivery delivery) {
        underWay.remove(delivery);
        for (Entry entry : delivery.entries()) {
            entry.underWay = false;
            entry.home.busy = false;
            if (lanes.remove(entry.lane, entry.home) && !entry.home.entries.isEmpty()) {
                lanes.put(entry.lane, entry.home);
            }
        }
        notifyAll();
    }

    private void drop(Predicate<Entry> dropped) {
        lanes.values().forEach(lane -> lane.entries.removeIf(dropped));
        lanes.values().removeIf(lane -> lane.entries.isEmpty());
    }

    private Stream<Entry> entries() {
        return lanes.values().stream().flatMap(lane -> lane.entries.stream());
    }

    private static boolean isOf(Entry entry, Collection<TopicPartition> partitions) {
        return partitions.contains(entry.record.origin().partitionOfTopic());
    }
}
