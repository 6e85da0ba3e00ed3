package dev.turnpike.http;

import java.io.IOException;
import java.time.Duration;

/** A call took longer than {@link HttpLimits#deadline()}, whatever it was doing at that time. */
public class CallDeadlineException extends IOException {
    private static final long serialVersionUID = 1L;

    public CallDeadlineException(Duration deadline, Throwable cause) {
        super("call not over after " + deadline.toMillis() + " ms", cause);
    }
}
