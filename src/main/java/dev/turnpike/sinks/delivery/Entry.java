package dev.turnpike.sinks.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.turnpike.sinks.delivery.SinkState.FailedAttempts;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** A record that is still to be delivered. All but the final fields are guarded by the {@link Backlog}. */
final class Entry {
    final SinkRecord record;
    final SinkEvent event;
    /** The key within which events stay in order: the task, or the record's key. */
    final String lane;

    private final Progress progress;
    Lane home;
    long sequence;
    boolean underWay;
    FailedAttempts failed;
    /** Deliveries to the receiver when this record last failed. */
    long deliveries;
    /** Not to be delivered together with others any more. */
    boolean apart;

    /**
     * @param event null for a malformed record; then {@code failed} has the reason
     * @param progress of its partition
     */
    Entry(SinkRecord record, SinkEvent event, FailedAttempts failed, Progress progress) {
        this.progress = progress;
        this.record = record;
        this.event = event;
        this.failed = failed;
        this.lane = lane(record, event);
    }

    /** It is delivered or dead-lettered. */
    void markDone() {
        progress.markDone(record.read().offset());
    }

    /** Of its event; {@code unknown} for a malformed record. */
    String account() {
        return event == null ? "unknown" : event.account();
    }

    private static String lane(SinkRecord record, SinkEvent event) {
        if (event != null && event.subject() != null) {
            return "task " + event.subject();
        }
        byte[] key = record.read().key();
        return key == null ? record.toString() : "key " + new String(key, UTF_8);
    }

    /** The undelivered events of one task, in order; guarded by the {@link Backlog}. */
    static final class Lane {
        final Deque<Entry> entries = new ArrayDeque<>();
        /** Its first entries are being delivered. */
        boolean busy;
        /** The next try, after a failure. */
        Instant notBefore = Instant.MIN;
        /** Not to be given up before then either, after a delivery that could not be completed. */
        Instant keptUntil = Instant.MIN;

        boolean isDue(Instant now) {
            return !busy && !notBefore.isAfter(now);
        }
    }

    /**
     * One delivery: one event, or several as a digest.
     *
     * @param overdue to be dead-lettered without another try
     */
    record Delivery(List<Entry> entries, boolean overdue) {

        List<SinkRecord> records() {
            return entries.stream().map(entry -> entry.record).toList();
        }

        /** Of the first event. */
        String account() {
            return entries.get(0).account();
        }

        List<SinkEvent> events() {
            return entries.stream().map(entry -> entry.event).toList();
        }
    }
}
