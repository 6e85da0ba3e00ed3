package dev.turnpike.sandbox.world;

/**
 * Marked strings in every place of a reply that must never leave the runtime. {@link #MARKER} in a log line,
 * an event or a metric is a leak.
 */
public final class Bait {
    /** Every marked string begins with this. */
    public static final String MARKER = "SECRET_";

    private Bait() {}

    /** The marked string for a place, for example {@code SECRET_ENV_9f31}. */
    public static String mark(String place) {
        return MARKER + place + "_9f31";
    }
}
