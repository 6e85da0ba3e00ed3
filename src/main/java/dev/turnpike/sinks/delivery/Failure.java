package dev.turnpike.sinks.delivery;

import java.time.Duration;

/**
 * Why a try failed.
 *
 * @param reason a few words without any secret
 * @param retryAfter how long the receiver asked to be left alone; zero where it did not
 */
public record Failure(Kind kind, String reason, Duration retryAfter) {

    /** What a failure is about. */
    public enum Kind {
        /** The receiver: nothing else would get through either. */
        ENDPOINT,
        /** This one record: the next may well get through. */
        RECORD,
        /** The receiver wants no events any more. */
        GONE
    }

    public static Failure endpoint(String reason) {
        return new Failure(Kind.ENDPOINT, reason, Duration.ZERO);
    }

    public static Failure record(String reason) {
        return new Failure(Kind.RECORD, reason, Duration.ZERO);
    }
}
