package dev.turnpike.sinks;

import java.time.Duration;

/** What a receiver in the tests does with a request. */
public record Answer(int status, String header, String value, String body, Fault fault, Duration takes) {

    /** Ways not to answer. */
    public enum Fault {
        NONE,
        /** The connection is closed without a byte. */
        RESET,
        /** A byte of the answer now and then, for ever. */
        DRIP
    }

    public static Answer ok() {
        return status(200);
    }

    public static Answer status(int status) {
        return new Answer(status, null, null, "", Fault.NONE, Duration.ZERO);
    }

    public static Answer with(int status, String header, String value) {
        return new Answer(status, header, value, "", Fault.NONE, Duration.ZERO);
    }

    public static Answer of(Fault fault) {
        return new Answer(200, null, null, "", fault, Duration.ZERO);
    }

    /** Accepted in the receiver's mind, but answered too late. */
    public static Answer late(Duration takes) {
        return new Answer(200, null, null, "", Fault.NONE, takes);
    }
}
