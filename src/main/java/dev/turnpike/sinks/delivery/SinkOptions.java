package dev.turnpike.sinks.delivery;

import java.time.Duration;
import java.time.Instant;

/**
 * What all kinds of sinks can be set to.
 *
 * @param filter which events it wants
 * @param startFrom where it begins when it is new
 * @param giveUpAfter how long a receiver that fails is tried with one event
 */
public record SinkOptions(SinkFilter filter, StartFrom startFrom, Duration giveUpAfter) {

    /**
     * Where a new sink begins: with what is published from now on, with what is still in the topics, or at a time.
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
