package dev.turnpike.sinks.delivery;

import java.time.Duration;

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
        /** The sink's own setup, such as a revoked token: nothing is given up until somebody repairs it. */
        SETUP,
        /** The receiver wants no events any more. */
        GONE
    }

    public static Failure of(Kind kind, String reason) {
        return new Failure(kind, reason, Duration.ZERO);
    }
}
