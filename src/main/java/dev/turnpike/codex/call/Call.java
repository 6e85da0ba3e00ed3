package dev.turnpike.codex.call;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.credentials.Bearer;
import dev.turnpike.credentials.Credentials;
import dev.turnpike.credentials.CredentialsUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A call on its way through the route: the request and, after a 401, which token was rejected. It is the body while the
 * call is tried again, and shows no token as text.
 */
final class Call {
    /** The exchange property that holds the call while the body is HTTP's. */
    static final String PROPERTY = "codexCall";

    /** Without its counter, the route would repeat a 401 forever. */
    static final String REDELIVERY_HEADERS = "CamelRedeliver*";

    /** Other tokens to try after a 401: the file's, and a refreshed one. */
    private static final int OTHER_TOKENS = 2;

    private static final int DEPTH = 6;
    private static final Set<String> WORDS = Set.of(
            "usage",
            "tasks",
            "list",
            "turns",
            "sibling_turns",
            "environments",
            "by-repo",
            "github",
            "accounts",
            "check",
            "rate-limit-reset-credits",
            "v1",
            "v2",
            "threads",
            "items");

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
     * refreshed one.
     *
     * @throws dev.turnpike.credentials.AuthRequiredException when there is none
     * @throws CredentialsUnavailableException when there is none just now, or it is another account's: somebody else has
     *     signed in since, and what upstream would show is not this account's
     */
    Bearer nextBearer() {
        started = 0;
        Credentials credentials = request.credentials();
        bearer = switch (refusals) {
            case 0 -> credentials.bearer();
            case 1 -> credentials.reread(bearer);
            default -> credentials.refresh(bearer);
        };
        if (bearer.account() != null && !bearer.account().equals(request.account())) {
            throw new CredentialsUnavailableException(
                    "another account has signed in, so this call is not made: " + request.line());
        }
        started = System.nanoTime();
        return bearer;
    }

    /** Counts a 401; after the last one the credentials are marked as rejected. */
    void refused() {
        refusals++;
        if (refusals > OTHER_TOKENS) {
            request.credentials().refused(bearer);
        }
    }

    /** Whether a token was found, so that the request may have gone out. */
    boolean started() {
        return started != 0;
    }

    /** Since the token was at hand. */
    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - started);
    }

    /** The path as a metric label: what is not a word of the API's own becomes {@code *}. */
    String endpoint() {
        List<String> path = request.path();
        return path.size() > DEPTH
                ? "other"
                : path.stream().map(word -> WORDS.contains(word) ? word : "*").collect(Collectors.joining("/"));
    }

    @Override
    public String toString() {
        return "Call[" + request.line() + "]";
    }
}
