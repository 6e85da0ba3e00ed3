package dev.turnpike.commands;

import java.time.Duration;

/** A command has to wait: carrying it out now is not possible, or not wanted by the sender. */
public final class CommandDeferredException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;
    private final Duration wait;
    private final boolean unbounded;

    /**
     * @param reason a word for programs: {@code usage-limit}, {@code turn-running}, ...
     * @param wait from now on
     * @param unbounded whether it may wait as long as it takes, since the end of the wait is known
     */
    CommandDeferredException(String reason, Duration wait, String detail, boolean unbounded) {
        super(detail);
        this.reason = reason;
        this.wait = wait;
        this.unbounded = unbounded;
    }

    public String reason() {
        return reason;
    }

    public Duration waitTime() {
        return wait;
    }

    boolean isUnbounded() {
        return unbounded;
    }
}
