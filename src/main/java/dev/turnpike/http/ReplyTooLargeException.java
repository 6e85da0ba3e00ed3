package dev.turnpike.http;

import java.io.IOException;

/** A successful reply went past {@link HttpLimits#replyBytes()}. */
public class ReplyTooLargeException extends IOException {
    private static final long serialVersionUID = 1L;

    public ReplyTooLargeException(int limit) {
        super("reply has more than " + limit + " bytes");
    }
}
