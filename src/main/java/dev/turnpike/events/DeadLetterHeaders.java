package dev.turnpike.events;

import java.time.Instant;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * The headers of records in {@code codex.dead-letters}, and of their redeliveries, in addition to the original record's
 * own: the same whether a sink or a command wrote the record.
 */
public final class DeadLetterHeaders {
    /** Their common prefix. */
    public static final String PREFIX = "turnpike_";

    /** The sink that could not deliver the record, or that it is redelivered to; {@code commands} for a command. */
    public static final String SINK = PREFIX + "sink";

    public static final String ORIGIN_TOPIC = PREFIX + "origin_topic";
    public static final String ORIGIN_PARTITION = PREFIX + "origin_partition";
    public static final String ORIGIN_OFFSET = PREFIX + "origin_offset";
    public static final String REASON = PREFIX + "reason";
    public static final String ATTEMPTS = PREFIX + "attempts";
    public static final String FIRST_ATTEMPT = PREFIX + "first_attempt";
    public static final String LAST_ATTEMPT = PREFIX + "last_attempt";
    public static final String TRUNCATED = PREFIX + "truncated";

    /** On a redelivery: which dead letter it came from. */
    public static final String DEAD_LETTER = PREFIX + "dead_letter";

    private static final int LARGEST = 4096;
    private static final int TOGETHER = 32 * 1024;

    private DeadLetterHeaders() {}

    /**
     * Copies the headers of the record that its dead letter keeps: none of an earlier failure, none that Camel's Kafka
     * component evaluates, none over 4 KiB, and at most 32 KiB in all, since the dead letter must fit into its topic.
     */
    public static void keep(Headers from, Headers to) {
        int room = TOGETHER;
        for (Header header : from) {
            String name = header.key();
            int bytes = name.length() * 3 + (header.value() == null ? 0 : header.value().length);
            boolean kept = !name.startsWith(PREFIX) && !name.startsWith("kafka.");
            if (kept && bytes <= Math.min(room, LARGEST)) {
                to.add(header);
                room -= bytes;
            }
        }
    }

    /** The record's original position. */
    public static void origin(Headers to, Object topic, Object partition, Object offset) {
        EventRecords.put(to, ORIGIN_TOPIC, topic);
        EventRecords.put(to, ORIGIN_PARTITION, partition);
        EventRecords.put(to, ORIGIN_OFFSET, offset);
    }

    /** Sink, reason (its first 4 KiB), number of attempts, first and last time. */
    public static void failure(
            Headers to, String sink, String reason, int attempts, Instant firstAttempt, Instant lastAttempt) {
        EventRecords.put(to, SINK, sink);
        EventRecords.put(to, REASON, Bounded.of(reason, LARGEST).text());
        EventRecords.put(to, ATTEMPTS, attempts);
        EventRecords.put(to, FIRST_ATTEMPT, firstAttempt);
        EventRecords.put(to, LAST_ATTEMPT, lastAttempt);
    }
}
