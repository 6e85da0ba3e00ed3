package dev.turnpike.sinks.delivery;

/** The Kafka headers that dead letters and redeliveries carry in addition to the original record's own. */
public final class SinkHeaders {
    /** All of them begin so. */
    public static final String PREFIX = "turnpike_";

    /** The sink that could not deliver the record, or the one it is handed to again. */
    public static final String SINK = PREFIX + "sink";

    public static final String ORIGIN_TOPIC = PREFIX + "origin_topic";
    public static final String ORIGIN_PARTITION = PREFIX + "origin_partition";
    public static final String ORIGIN_OFFSET = PREFIX + "origin_offset";
    public static final String REASON = PREFIX + "reason";
    public static final String ATTEMPTS = PREFIX + "attempts";
    public static final String FIRST_ATTEMPT = PREFIX + "first_attempt";
    public static final String LAST_ATTEMPT = PREFIX + "last_attempt";

    /** On a redelivery: which dead letter it came from. */
    public static final String DEAD_LETTER = PREFIX + "dead_letter";

    private SinkHeaders() {}
}
