package dev.turnpike.codex.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.http.RetryAfter;
import dev.turnpike.http.Secrets;
import dev.turnpike.json.Json;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.hc.client5.http.utils.DateUtils;

/** Reads a reply that is no success: what it means, and what upstream says about it. */
final class ErrorReply {
    private static final int MESSAGE_LENGTH = 300;
    private static final int DEPTH = 4;
    private static final List<String> WORDS =
            List.of("detail", "error_description", "message", "msg", "error", "errors", "title", "code", "type");

    private static final List<String> WAITS = List.of(
            "resets_in_seconds", "resets_at", "retry_after", "retryAfter", "retry_after_seconds", "retry_after_ms");
    /** A duration has fewer parts; any number of them would overflow the stack. */
    private static final Pattern TRY_AGAIN =
            Pattern.compile("(?i)\\b(?:try again|retry|wait|available)(?: in| after|)(?: about|) ((?:"
                    + RetryAfter.DURATION_PART + "){1,8})");
    /** When a limit of requests is reset, as gateways say in addition to or instead of {@code Retry-After}. */
    private static final Pattern RESET = Pattern.compile("(?i)(x-)?rate-?limit-reset(-.*)?|x-retry-after");

    private final int status;
    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final String body;
    /** Missing if the body is no JSON object. */
    private final JsonNode json;

    ErrorReply(HttpOperationFailedException failure) {
        this.status = failure.getStatusCode();
        if (failure.getResponseHeaders() != null) {
            this.headers.putAll(failure.getResponseHeaders());
        }
        this.body = failure.getResponseBody() == null
                ? ""
                : failure.getResponseBody().strip();
        this.json = body.startsWith("{") ? Json.orMissing(body) : MissingNode.getInstance();
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
        return switch (status) {
            // 401 of the threads host, which says nothing reliable about a token: none is refreshed or given up for it;
            // 402 of a workspace that was deactivated, for one
            case 401, 402 -> Kind.FORBIDDEN;
            case 403 -> isChallenge() ? Kind.CHALLENGE : Kind.FORBIDDEN;
            case 404 -> Kind.NOT_FOUND;
            case 429 -> Kind.RATE_LIMITED;
            default -> status < 400 ? Kind.REDIRECT : status < 500 ? Kind.REJECTED : Kind.SERVER_ERROR;
        };
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
        Instant now = date == null ? clock.instant() : date;
        List<Duration> waits = Stream.concat(
                        Stream.of("retry-after-ms", "retry-after").map(name -> inUnits(name, headers.get(name))),
                        waitsInBody())
                .map(value -> RetryAfter.parse(value, now))
                .filter(Objects::nonNull)
                .toList();
        // gateways write 0 into the header and the time into the body
        return waits.stream()
                .filter(wait -> !wait.isZero())
                .findFirst()
                .or(() -> reset(now))
                .orElse(waits.isEmpty() ? null : Duration.ZERO);
    }

    /** Of several limits, the one that is reset last. */
    private Optional<Duration> reset(Instant now) {
        return headers.keySet().stream()
                .filter(name -> status == 429 && RESET.matcher(name).matches())
                .map(name -> RetryAfter.parse(headers.get(name), now))
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder());
    }

    private static String inUnits(String name, String value) {
        return value != null && name.endsWith("ms") ? value + "ms" : value;
    }

    /** When a limit that is used up is reset, or what gateways and models' hosts say there instead of the header. */
    private Stream<String> waitsInBody() {
        Stream<String> fields = Stream.of(json.path("error"), json.path("detail"), json)
                .flatMap(error -> WAITS.stream().map(field -> inUnits(field, text(error.path(field)))));
        return Stream.concat(fields, TRY_AGAIN.matcher(body).results().map(said -> said.group(1)));
    }

    /** Without an exponent, which a time with a fraction would have; what is infinite as a double has no decimal form. */
    private static String text(JsonNode value) {
        return value.isNumber() && Double.isFinite(value.doubleValue())
                ? value.decimalValue().toPlainString()
                : value.asText(null);
    }

    /** Upstream's own message, or its code if there is none; the text of other pages is not reported. */
    private String said() {
        if (!body.startsWith("{")) {
            String html = kind() == Kind.CHALLENGE ? " with a challenge page" : " with HTML instead of JSON";
            return isChallenge() ? html : elsewhere();
        }
        if (json.isMissingNode()) {
            return " with unreadable JSON";
        }
        String words = words(json, DEPTH);
        return words == null ? "" : ": " + Secrets.inLine(words, MESSAGE_LENGTH);
    }

    /** Where a redirect leads: often to the page at which a company's gateway has people sign in. */
    private String elsewhere() {
        try {
            String host = URI.create(headers.getOrDefault("location", "")).getHost();
            return host == null ? "" : " to " + host;
        } catch (IllegalArgumentException noAddress) {
            return "";
        }
    }

    /** The first text in any of the forms in which frameworks and gateways write an error. */
    private static String words(JsonNode error, int depth) {
        if (error.isTextual()) {
            return error.textValue().isBlank() ? null : error.textValue();
        } else if (depth == 0) {
            return null;
        }
        Stream<JsonNode> parts =
                error.isArray() ? Stream.of(error.path(0)) : WORDS.stream().map(error::path);
        return parts.map(part -> words(part, depth - 1))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }
}
