package dev.turnpike.sinks.delivery;

import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * A receiver's answer other than 2xx, with nothing in its message that could be a secret. Camel's own exception names
 * the URL, and Camel logs it here and there at debug; so the calls end without one.
 */
public final class HttpAnswer extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String retryAfter;
    private final String body;

    private HttpAnswer(int status, String retryAfter, String body) {
        super("HTTP " + status, null, false, false);
        this.status = status;
        this.retryAfter = retryAfter;
        this.body = body;
    }

    /**
     * Reads what a call left in its message.
     *
     * @throws HttpAnswer when the status is not 2xx
     */
    public static void requireSuccess(Message message) throws HttpAnswer {
        Integer status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        if (status == null || status / 100 != 2) {
            throw new HttpAnswer(
                    status == null ? 0 : status,
                    message.getHeader("Retry-After", String.class),
                    message.getBody(String.class));
        }
    }

    /** 0 where there was none. */
    public int status() {
        return status;
    }

    /** Never for a log. */
    public String body() {
        return body == null ? "" : body;
    }

    /** The header's value; null without one. */
    String retryAfter() {
        return retryAfter;
    }
}
