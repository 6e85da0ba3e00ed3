package dev.turnpike.sinks.delivery;

import java.time.Duration;
import java.util.List;

/** Where a sink's events go. */
public interface Receiver {

    /** Events in one delivery: 1, or more where several go out together. */
    default int most() {
        return 1;
    }

    /** How many of these events, from the first on, make one delivery; asked where there may be more than one. */
    default int together(List<DeliveredEvent> ready) {
        return 1;
    }

    /**
     * Makes one attempt, and returns when the receiver has accepted all of them.
     *
     * @throws InterruptedException when the sink is stopping
     * @throws Exception which {@link #failure} explains
     */
    void deliver(List<DeliveredEvent> events) throws Exception;

    /** What a failed attempt says about the record and the receiver. */
    Failure failure(Exception exception);

    /**
     * Why a delivery failed.
     *
     * @param reason a few words without any secret
     * @param retryAfter the pause that the receiver asked for; zero where it did not
     */
    public record Failure(Kind kind, String reason, Duration retryAfter) {

        /** What a failure is about. */
        public enum Kind {
            /** This one record: its receiver says so. */
            RECORD,
            /** The record or the receiver: what happens to the events of other tasks decides. */
            UNCLEAR,
            /** The receiver, for now: it would refuse anything else as well. */
            ENDPOINT,
            /** The sink's own setup, such as a revoked token: nothing is given up until it is repaired. */
            SETUP,
            /** The receiver wants no events any more. */
            GONE
        }

        public static Failure of(Kind kind, String reason) {
            return new Failure(kind, reason, Duration.ZERO);
        }
    }
}
