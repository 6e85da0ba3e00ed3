package dev.turnpike.sinks.delivery;

import java.time.Duration;
import java.time.Instant;

/**
 * Settings common to all kinds of sinks.
 *
 * @param filter its filter
 * @param startFrom where a new sink starts
 * @param giveUpAfter how long an event is retried while its receiver fails
 */
public record SinkOptions(SinkFilter filter, StartFrom startFrom, Duration giveUpAfter) {

    /**
     * Where a new sink starts: with new events, with all events in the topics, or at a time.
     *
     * @param time null for now
     */
    public record StartFrom(Instant time) {
        public static final StartFrom NOW = new StartFrom(null);
        public static final StartFrom BEGINNING = new StartFrom(Instant.EPOCH);

        /** {@code now}, {@code beginning} or a time; throws {@link java.time.DateTimeException} for anything else. */
        public static StartFrom parse(String text) {
            return switch (text) {
                case "now" -> NOW;
                case "beginning" -> BEGINNING;
                default -> new StartFrom(Instant.parse(text));
            };
        }

        boolean isNow() {
            return time == null;
        }

        @Override
        public String toString() {
            return equals(NOW) ? "now" : equals(BEGINNING) ? "beginning" : time.toString();
        }
    }
}
