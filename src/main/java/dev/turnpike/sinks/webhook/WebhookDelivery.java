package dev.turnpike.sinks.webhook;

import dev.turnpike.sinks.delivery.DeadLetter;
import dev.turnpike.sinks.delivery.DeliveredEvent;
import dev.turnpike.sinks.delivery.HandCommit;
import dev.turnpike.sinks.delivery.SinkRecord;
import java.time.Instant;
import java.util.List;

/** One record on its way to a receiver; the route asks it whether there is more to do. */
public final class WebhookDelivery {
    private final SinkRecord record;
    private final HandCommit commit;
    private final Instant polledAt;
    private DeliveredEvent event;
    private DeadLetter refused;
    private boolean pending;

    WebhookDelivery(SinkRecord record, HandCommit commit, Instant polledAt) {
        this.record = record;
        this.commit = commit;
        this.polledAt = polledAt;
    }

    /** Whether it has to be tried (again). */
    public boolean isPending() {
        return pending;
    }

    void wanted(DeliveredEvent wanted) {
        this.event = wanted;
        this.pending = true;
    }

    void over() {
        this.pending = false;
    }

    void refused(DeadLetter letter) {
        this.refused = letter;
        this.pending = false;
    }

    List<DeadLetter> refused() {
        return refused == null ? List.of() : List.of(refused);
    }

    SinkRecord record() {
        return record;
    }

    DeliveredEvent event() {
        return event;
    }

    HandCommit commit() {
        return commit;
    }

    Instant polledAt() {
        return polledAt;
    }
}
