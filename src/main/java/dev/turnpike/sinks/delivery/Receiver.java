package dev.turnpike.sinks.delivery;

import java.time.Duration;
import java.util.List;

/** Receiver of a sink's events. */
public interface Receiver {

    /** Whether it is to receive such an event at all. */
    default boolean accepts(SinkEvent event) {
        return true;
    }

    /** Events in one delivery: 1, or more where several go out together. */
    default int most() {
        return 1;
    }

    /** How many of these events, from the first on, make one delivery. */
    default int together(List<SinkEvent> ready) {
        return 1;
    }

    /**
     * Makes one attempt, and returns when the receiver has accepted all of them.
     *
     * @throws InterruptedException when the sink is stopping
     * @throws Exception which {@link #failure} explains
     */
    void deliver(List<SinkEvent> events) throws Exception;

    /** Classifies a failed attempt. */
    Failure failure(Exception exception);

    /**
     * Why a delivery failed.
     *
     * @param reason a few words without any secret
     * @param retryAfter the pause that the receiver requested; zero without one
     */
    public record Failure(Kind kind, String reason, Duration retryAfter) {

        /** The cause of a failure. */
        public enum Kind {
            /** This record, by the receiver's reply. */
            RECORD,
            /** The record or the receiver: the outcome of other tasks' events decides. */
            UNCLEAR,
            /** The receiver, for now: it would reject any other event as well. */
            ENDPOINT,
            /** The sink's configuration, such as a revoked token: nothing is given up until it is corrected. */
            SETUP,
            /** The receiver wants no events any more. */
            GONE
        }

        public static Failure of(Kind kind, String reason) {
            return new Failure(kind, reason, Duration.ZERO);
        }
    }
}
