package dev.turnpike.codex.call;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.credentials.Bearer;
import dev.turnpike.credentials.Credentials;
import java.time.Duration;

/**
 * A call on its way through the route: the request and, after a 401, which token was refused. It is the body while the
 * call is tried again, and shows no token as text.
 */
final class Call {
    /** The exchange property that holds the call while the body is HTTP's. */
    static final String PROPERTY = "codexCall";

    private final CodexRequest request;
    private Bearer bearer;
    private int refusals;
    private long started;

    Call(CodexRequest request) {
        this.request = request;
    }

    CodexRequest request() {
        return request;
    }

    /**
     * The token for the next request: first what there is, after a refusal what the file holds now, after another a
     * renewed one.
     *
     * @throws dev.turnpike.credentials.AuthRequiredException when there is none
     */
    Bearer nextBearer() {
        started = 0;
        Credentials credentials = request.credentials();
        bearer = switch (refusals) {
            case 0 -> credentials.bearer();
            case 1 -> credentials.reread(bearer);
            default -> credentials.renew(bearer);
        };
        started = System.nanoTime();
        return bearer;
    }

    void refused() {
        refusals++;
    }

    /** Whether a token was found, so that the request may have gone out. */
    boolean started() {
        return started != 0;
    }

    /** Since the token was at hand. */
    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - started);
    }

    @Override
    public String toString() {
        return "Call[" + request.line() + "]";
    }
}
