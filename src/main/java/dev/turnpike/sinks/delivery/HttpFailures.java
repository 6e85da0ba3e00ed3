package dev.turnpike.sinks.delivery;

import dev.turnpike.http.CallDeadlineException;
import dev.turnpike.http.NetworkFailure;
import dev.turnpike.http.RetryAfter;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;

/**
 * Classifies the failures of HTTP calls. The reason never holds the receiver's URL or its answer: the
 * URL may be a secret, and error pages like to repeat it.
 */
public final class HttpFailures {
    private static final Set<Integer> OF_THE_RECORD = Set.of(400, 413, 415, 422);
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    private final Clock clock;

    public HttpFailures(Clock clock) {
        this.clock = clock;
    }

    public Failure of(Exception exception) {
        if (exception instanceof HttpAnswer answer) {
            return answered(answer.status(), answer.retryAfter());
        }
        if (exception instanceof IOException network) {
            return Failure.of(Failure.Kind.UNCLEAR, network(network));
        }
        return Failure.of(Failure.Kind.UNCLEAR, exception.getClass().getSimpleName());
    }

    private Failure answered(int status, String retryAfter) {
        return new Failure(kind(status), "HTTP " + status, retryAfter(retryAfter));
    }

    private static Failure.Kind kind(int status) {
        if (OF_THE_RECORD.contains(status)) {
            return Failure.Kind.RECORD;
        }
        return switch (status) {
            case 410 -> Failure.Kind.GONE;
            case 429 -> Failure.Kind.ENDPOINT;
            default -> Failure.Kind.UNCLEAR;
        };
    }

    /** At most an hour, zero where there is none to be read. */
    private Duration retryAfter(String value) {
        Duration wait = RetryAfter.parse(value, clock.instant());
        if (wait == null) {
            return Duration.ZERO;
        }
        return wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }

    private static String network(IOException e) {
        if (e instanceof SocketTimeoutException || e instanceof CallDeadlineException) {
            return "no complete answer in time";
        }
        NetworkFailure failure = NetworkFailure.of(e);
        return switch (failure) {
            // none names the receiver
            case PROXY, PROXY_AUTHENTICATION, UNTRUSTED_CERTIFICATE -> NetworkFailure.message(e);
            case TLS, OTHER -> failure.words() + ": " + e.getClass().getSimpleName();
            default -> failure.words();
        };
    }
}
