package dev.turnpike.codex;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** A call upstream that did not give a usable reply, classified: polling decides by the kind alone. */
public class UpstreamException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, as far as it makes a difference to what happens next. */
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
        /** The total deadline of a call ran out: a hung or a dripping reply. */
        TIMEOUT,
        /** The reply went past the byte limit, after decompression. */
        TOO_LARGE,
        /** A 2xx that is not the JSON that was asked for. */
        MALFORMED;

        /** The word in metrics and log lines. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Kind kind;
    private final int status;
    private final Duration retryAfter;

    /**
     * @param status HTTP status, 0 when there was none
     * @param retryAfter what upstream asked us to wait, null when it did not
     * @param message what was asked and what came, without secrets or bodies
     */
    public UpstreamException(Kind kind, int status, Duration retryAfter, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.status = status;
        this.retryAfter = retryAfter;
    }

    /**
     * A 2xx reply that is not what was asked for.
     *
     * @param what is wrong with it, without what it says; what Jackson throws quotes it, so there is no cause
     */
    public static UpstreamException malformed(String what) {
        return new UpstreamException(Kind.MALFORMED, 200, null, what, null);
    }

    public Kind kind() {
        return kind;
    }

    /** Whether the same call may well be answered if it is made again at once: nothing was asked of us but patience. */
    public boolean mayPassAtOnce() {
        return switch (kind) {
            case SERVER_ERROR, NETWORK, MALFORMED -> retryAfter == null;
            default -> false;
        };
    }

    /** Whether upstream wants no call at all for now, whatever it is about. */
    public boolean isTurnedAway() {
        return kind == Kind.RATE_LIMITED || kind == Kind.CHALLENGE;
    }

    /** Whether this is upstream's answer to what was asked, rather than a failure to answer. */
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
