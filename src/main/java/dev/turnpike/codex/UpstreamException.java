package dev.turnpike.codex;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** A failed upstream call, classified by the kind of failure, by which callers decide what to do. */
public class UpstreamException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public enum Kind {
        /** A Cloudflare challenge page (403 with HTML or {@code cf-mitigated}): says nothing about the credentials. */
        CHALLENGE,
        FORBIDDEN,
        NOT_FOUND,
        RATE_LIMITED,
        /** Any other 4xx. */
        REJECTED,
        SERVER_ERROR,
        /** Redirects are not followed: a bearer token goes to the configured host only. */
        REDIRECT,
        /** Refused, reset, unknown host, connection closed before the reply was whole. */
        NETWORK,
        /** The call exceeded its deadline: a hung or very slow reply. */
        TIMEOUT,
        /** The reply exceeded the byte limit, after decompression. */
        TOO_LARGE,
        /** A 2xx reply that is not the expected JSON. */
        MALFORMED;

        /** The name in metrics and log lines. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Kind kind;
    private final int status;
    private final Duration retryAfter;

    /**
     * @param status HTTP status, 0 when there was none
     * @param retryAfter the pause that upstream asked for, null without one
     * @param message request and failure, without secrets or bodies
     */
    public UpstreamException(Kind kind, int status, Duration retryAfter, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.status = status;
        this.retryAfter = retryAfter;
    }

    /**
     * A 2xx reply with unexpected content.
     *
     * @param what is wrong with it, without its content; Jackson's exceptions quote it, so there is no cause
     */
    public static UpstreamException malformed(String what) {
        return new UpstreamException(Kind.MALFORMED, 200, null, what, null);
    }

    public Kind kind() {
        return kind;
    }

    /** Whether an immediate retry of the same call may succeed. */
    public boolean isRetryableAtOnce() {
        return switch (kind) {
            case SERVER_ERROR, NETWORK, MALFORMED -> retryAfter == null;
            default -> false;
        };
    }

    /** Whether upstream refuses every call for now: a rate limit, or a challenge page of its edge. */
    public boolean isThrottled() {
        return kind == Kind.RATE_LIMITED || kind == Kind.CHALLENGE;
    }

    /** Whether upstream answered that it does not serve this request, rather than failed to answer. */
    public boolean isRefusal() {
        return switch (kind) {
            case NOT_FOUND, FORBIDDEN, REJECTED, TOO_LARGE -> true;
            default -> false;
        };
    }

    public int status() {
        return status;
    }

    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
