package dev.turnpike.sinks.delivery;

import dev.turnpike.http.NetworkFailure;
import dev.turnpike.http.RetryAfter;
import dev.turnpike.retry.Pauses;
import dev.turnpike.sinks.delivery.Receiver.Failure;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * Classifies failures of HTTP calls. The reason never contains the receiver's URL, which may be a secret, or its
 * answer, which may repeat the URL.
 */
public record HttpFailures(Clock clock) {
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    public Failure of(Exception exception) {
        if (exception instanceof HttpAnswer answer) {
            String redirect = answer.status / 100 == 3 ? ", redirects are not followed" : "";
            String reason = "HTTP " + answer.status + redirect;
            return new Failure(kind(answer.status), reason, retryAfter(answer.retryAfter));
        }
        if (exception instanceof IOException network) {
            return Failure.of(Failure.Kind.UNCLEAR, network(network));
        }
        return Failure.of(Failure.Kind.UNCLEAR, exception.getClass().getSimpleName());
    }

    private static Failure.Kind kind(int status) {
        return switch (status) {
            case 400, 413, 415, 422 -> Failure.Kind.RECORD;
            case 410 -> Failure.Kind.GONE;
            case 429 -> Failure.Kind.ENDPOINT;
            default -> Failure.Kind.UNCLEAR;
        };
    }

    /** At most an hour, zero where there is none to be read. */
    private Duration retryAfter(String value) {
        Duration wait = RetryAfter.parse(value, clock.instant());
        return wait == null ? Duration.ZERO : Pauses.shorter(wait, LONGEST_WAIT);
    }

    private static String network(IOException e) {
        NetworkFailure failure = NetworkFailure.of(e);
        return switch (failure) {
            // none names the receiver
            case PROXY, PROXY_AUTHENTICATION, UNTRUSTED_CERTIFICATE -> NetworkFailure.message(e);
            case TIMEOUT -> "no complete answer in time";
            case TLS, OTHER -> failure.description() + ": " + e.getClass().getSimpleName();
            default -> failure.description();
        };
    }

    /**
     * A receiver's answer other than 2xx, without secrets in the message. Camel's own exception, which contains the URL
     * and is logged at debug, is switched off.
     */
    public static final class HttpAnswer extends Exception {
        private static final long serialVersionUID = 1L;

        /** 0 where there was none. */
        private final int status;

        /** The header's value; null without one. */
        private final String retryAfter;

        private final String body;

        private HttpAnswer(int status, String retryAfter, String body) {
            super("HTTP " + status, null, false, false);
            this.status = status;
            this.retryAfter = retryAfter;
            this.body = body;
        }

        /**
         * Reads the reply from a call's message.
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

        /** Must not be logged. */
        public String body() {
            return body == null ? "" : body;
        }
    }
}
