package dev.turnpike.http;

import java.io.IOException;
import java.time.Duration;

/**
 * Limits on the size of a reply and the duration of a call, against hostile or broken servers.
 *
 * @param replyBytes maximum size of a successful reply after decompression; a larger one fails the call
 * @param errorBytes how much is read of any other reply; the rest is left unread
 * @param deadline total time of a call: waiting for a connection, connecting, sending, and the whole reply
 */
public record HttpLimits(int replyBytes, int errorBytes, Duration deadline) {
    private static final int MEBIBYTE = 1024 * 1024;

    public HttpLimits {
        if (replyBytes < 1 || errorBytes < 1) {
            throw new IllegalArgumentException(
                    "byte limits must be positive: " + replyBytes + " for replies, " + errorBytes + " for errors");
        }
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("the deadline of a call must be positive: " + deadline);
        }
    }

    /** 32 MiB, 64 KiB, 20 s. */
    public static HttpLimits standard() {
        return new HttpLimits(32 * MEBIBYTE, 64 * 1024, Duration.ofSeconds(20));
    }

    public HttpLimits withReplyBytes(int bytes) {
        return new HttpLimits(bytes, errorBytes, deadline);
    }

    public HttpLimits withDeadline(Duration total) {
        return new HttpLimits(replyBytes, errorBytes, total);
    }

    /** A call took longer than {@link HttpLimits#deadline()}. */
    public static class CallDeadlineException extends IOException {
        private static final long serialVersionUID = 1L;

        public CallDeadlineException(Duration deadline, Throwable cause) {
            super("call not over after " + deadline.toMillis() + " ms", cause);
        }
    }

    /** A successful reply exceeded {@link HttpLimits#replyBytes()}. */
    public static class ReplyTooLargeException extends IOException {
        private static final long serialVersionUID = 1L;

        public ReplyTooLargeException(int limit) {
            super("reply has more than " + limit + " bytes");
        }
    }
}
