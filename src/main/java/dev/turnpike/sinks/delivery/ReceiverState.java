package dev.turnpike.sinks.delivery;

import dev.turnpike.sinks.delivery.Receiver.Failure;
import dev.turnpike.sinks.delivery.SinkOptions.RetryPolicy;
import dev.turnpike.sinks.delivery.SinkState.Failing;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * State of a receiver, from its latest replies. Failures of one task's events are attributed to the record. Once events
 * of two tasks have failed with no success in between, the receiver counts as failing, and is tried with one event at a
 * time, each of another task. Guarded by the {@link Backlog}.
 */
final class ReceiverState {
    private final RetryPolicy policy;
    /** In which something has failed since the last success, each with the partition of what failed. */
    private final Map<String, TopicPartition> lanes = new HashMap<>();

    private Failure.Kind kind;
    private int failures;
    private long deliveries;
    private Instant notBefore = Instant.MIN;
    /** End of the latest pause that the receiver asked for; null once it has been tried again after it. */
    private Instant askedUntil;

    private Failing failing;

    ReceiverState(RetryPolicy policy) {
        this.policy = policy;
    }

    void delivered(Instant now) {
        deliveries++;
        reset(now);
    }

    /** The first event of this lane is dead-lettered, so its failures no longer count. */
    void deadLettered(String lane, Instant now) {
        forgotten(lanes.remove(lane) != null, now);
    }

    /** Only these partitions are read here: failures of events in others no longer count. */
    void retain(Set<TopicPartition> assigned, Instant now) {
        forgotten(lanes.values().retainAll(assigned), now);
    }

    private void forgotten(boolean changed, Instant now) {
        if (changed && lanes.isEmpty()) {
            failing = null;
            reset(now);
        }
    }

    void failed(List<Entry> entries, Failure failure, Instant now) {
        if (failure.kind() == Failure.Kind.RECORD) {
            reset(now); // a receiver that rejects one record is up
            return;
        }
        boolean heldBefore = isHeld();
        entries.forEach(entry -> lanes.put(entry.lane, entry.record.origin().partitionOfTopic()));
        kind = failure.kind();
        String account = entries.get(0).event.account();
        failing = new Failing(failing == null ? now : failing.since(), failure.reason(), account);
        Instant asked = now.plus(failure.retryAfter());
        if (!heldBefore || isDue(now)) { // else it was in progress when the pause began
            failures = heldBefore ? failures + 1 : 1;
            notBefore = now.plus(policy.pauseAfter(failures));
        }
        notBefore = asked.isAfter(notBefore) ? asked : notBefore;
        if (kind == Failure.Kind.ENDPOINT) {
            askedUntil = notBefore;
        } else if (!isPauseAsked(now)) {
            askedUntil = null;
        }
    }

    boolean isHeld() {
        return lanes.size() > 1 || askedUntil != null || needsCorrection();
    }

    /** Whether events whose time is up are given up during a pause. */
    boolean mayGiveUp() {
        return isHeld() && !needsCorrection();
    }

    boolean isDue(Instant now) {
        return !notBefore.isAfter(now);
    }

    Instant notBefore() {
        return notBefore;
    }

    /** Deliveries so far. */
    long deliveries() {
        return deliveries;
    }

    /** Since when it has failed without a delivery in between, with reason and account of the last failure. */
    Optional<Failing> failing() {
        return Optional.ofNullable(failing);
    }

    /** A pause that the receiver asked for lasts, regardless of deliveries that began before it. */
    private void reset(Instant now) {
        if (isPauseAsked(now)) {
            return;
        }
        lanes.clear();
        failures = 0;
        kind = null;
        notBefore = Instant.MIN;
        askedUntil = null;
        failing = null;
    }

    private boolean needsCorrection() {
        return kind == Failure.Kind.SETUP || kind == Failure.Kind.GONE;
    }

    private boolean isPauseAsked(Instant now) {
        return askedUntil != null && askedUntil.isAfter(now);
    }
}
