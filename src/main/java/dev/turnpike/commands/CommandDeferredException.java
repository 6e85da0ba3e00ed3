package dev.turnpike.commands;

import java.time.Duration;

/** A command has to wait: it cannot be executed now. */
public final class CommandDeferredException extends RuntimeException implements Outcome {
    static final String SAME_PROMPT = "same-words";
    static final String UPSTREAM = "upstream-unavailable";

    private static final long serialVersionUID = 1L;

    private final String reason;
    private final Duration wait;
    private final boolean timeKnown;

    /**
     * @param reason a code for programs: {@code usage-limit}, {@code turn-running}, ...
     * @param wait from now on
     * @param timeKnown whether upstream has said when the wait ends
     */
    CommandDeferredException(String reason, Duration wait, String detail, boolean timeKnown) {
        super(detail);
        this.reason = reason;
        this.wait = wait;
        this.timeKnown = timeKnown;
    }

    public String reason() {
        return reason;
    }

    public Duration waitTime() {
        return wait;
    }

    boolean isTimeKnown() {
        return timeKnown;
    }
}
