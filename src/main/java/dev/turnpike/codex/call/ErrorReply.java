package dev.turnpike.codex.call;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.http.RetryAfter;
import dev.turnpike.http.Secrets;
import dev.turnpike.json.Json;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.hc.client5.http.utils.DateUtils;

/** Reads a reply that is no success: what it means, and what upstream says about it. */
final class ErrorReply {
    private static final int MESSAGE_LENGTH = 300;

    private final int status;
    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final String body;

    ErrorReply(HttpOperationFailedException failure) {
        this.status = failure.getStatusCode();
        if (failure.getResponseHeaders() != null) {
            this.headers.putAll(failure.getResponseHeaders());
        }
        this.body = failure.getResponseBody() == null
                ? ""
                : failure.getResponseBody().strip();
    }

    /** The exception for it; the original is not its cause, since that holds the whole reply. */
    RuntimeException toException(CodexRequest request, Clock clock) {
        String message = request.line() + ": " + status + said();
        if (status == 401 && !request.threads()) {
            return new UnauthorizedException(message);
        }
        return new UpstreamException(kind(), status, retryAfter(clock), message, null);
    }

    private Kind kind() {
        if (status == 401) {
            // of the threads host, which says nothing reliable about a token: none is renewed or given up for it
            return Kind.FORBIDDEN;
        } else if (status == 403) {
            return isChallenge() ? Kind.CHALLENGE : Kind.FORBIDDEN;
        } else if (status == 404) {
            return Kind.NOT_FOUND;
        } else if (status == 429) {
            return Kind.RATE_LIMITED;
        } else if (status < 400) {
            return Kind.REDIRECT;
        }
        return status < 500 ? Kind.REJECTED : Kind.SERVER_ERROR;
    }

    private boolean isChallenge() {
        String type = headers.getOrDefault("content-type", "").toLowerCase(Locale.ROOT);
        return headers.containsKey("cf-mitigated") || type.contains("html") || body.startsWith("<");
    }

    private Duration retryAfter(Clock clock) {
        if (status != 429 && status < 500) {
            return null;
        }
        Instant date = headers.containsKey("date") ? DateUtils.parseStandardDate(headers.get("date")) : null;
        return RetryAfter.parse(headers.get("retry-after"), date == null ? clock.instant() : date);
    }

    /** Upstream's own words from {@code detail} or {@code error.message}; those of other pages are not reported. */
    private String said() {
        if (!body.startsWith("{")) {
            return isChallenge() ? " with a challenge page" : "";
        }
        JsonNode json;
        try {
            json = Json.MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            return " with unreadable JSON";
        }
        JsonNode detail = json.path("detail");
        JsonNode error = json.path("error");
        for (JsonNode text : new JsonNode[] {detail, detail.path("message"), error.path("message"), error}) {
            if (text.isTextual() && !text.textValue().isBlank()) {
                return ": " + Secrets.inLine(text.textValue(), MESSAGE_LENGTH);
            }
        }
        return "";
    }
}
