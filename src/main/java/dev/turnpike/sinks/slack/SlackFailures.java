package dev.turnpike.sinks.slack;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.http.Secrets;
import dev.turnpike.json.Json;
import dev.turnpike.sinks.delivery.HttpFailures;
import dev.turnpike.sinks.delivery.HttpFailures.HttpAnswer;
import dev.turnpike.sinks.delivery.Receiver.Failure;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.common.KafkaException;

/**
 * Classifies Slack's errors. The Web API, with status 200, and incoming webhooks, with another status, return an error
 * code. A code that is not in {@code errors.json} may be about the message or not: the outcome of other messages
 * decides.
 */
final class SlackFailures {
    /** Prefix of a workspace's rules for a channel, of which Slack may add more. */
    private static final String RESTRICTED = "restricted_action";

    /**
     * Slack's error codes by kind of failure; {@code thread-lost}: the root message accepts no more replies
     * or changes; {@code channel-lost}: its channel no longer exists, another one may have its name now.
     */
    private static final Map<String, List<String>> CODES = Json.table(SlackFailures.class, "errors.json");

    private static final int DETAILS_CHARACTERS = 400;

    private final HttpFailures http;

    SlackFailures(Clock clock) {
        this.http = new HttpFailures(clock);
    }

    Failure of(Exception exception) {
        if (exception instanceof SlackRefusal refusal) {
            return Failure.of(kind(refusal.code()), refusal.getMessage());
        }
        if (exception instanceof KafkaException) {
            return Failure.of(Failure.Kind.ENDPOINT, "Kafka rejected the position of a thread");
        }
        Failure failure = http.of(exception);
        if (!(exception instanceof HttpAnswer answer)) {
            return failure;
        }
        String code = code(answer.body());
        if (!code.isEmpty()) {
            Failure.Kind kind = failure.kind() == Failure.Kind.ENDPOINT ? failure.kind() : kind(code);
            return new Failure(kind, failure.reason() + " " + code, failure.retryAfter());
        }
        return failure.kind() == Failure.Kind.GONE ? Failure.of(Failure.Kind.SETUP, failure.reason()) : failure;
    }

    /** Slack's error code, if the text is nothing else, or the one in a reply of the Web API; empty for a gateway's words. */
    static String code(String answer) {
        String text = answer == null ? "" : answer.strip();
        if (text.startsWith("{")) {
            text = Json.orMissing(text).path("error").asText("");
        }
        if (text.matches("[a-z][a-z_]{0,60}")) {
            return text;
        }
        // older webhooks say "No service" and "Invalid token"
        String code = text.toLowerCase(Locale.ROOT).replace(' ', '_');
        return CODES.values().stream().anyMatch(codes -> codes.contains(code)) ? code : "";
    }

    /**
     * The reply to a call, of which status 200 alone means little: from the Web API {@code "ok": true} counts. A webhook
     * says {@code ok}, one of another program what it likes, but a page is a gateway's.
     */
    static JsonNode accepted(String body, boolean isBot) throws SlackRefusal {
        String text = String.valueOf(body).strip();
        boolean isPage = text.startsWith("<");
        JsonNode answer = Json.orMissing(text);
        if (answer.isMissingNode() && (isPage || isBot)) {
            throw new SlackRefusal("no_answer", isPage ? "HTTP 200 with a page" : "HTTP 200 without JSON");
        }
        if (answer.path("ok").asBoolean(!isBot)) {
            return answer;
        }
        String code = code(answer.path("error").asText(""));
        String needed = answer.path("needed").asText("");
        JsonNode messages = answer.path("response_metadata").path("messages");
        JsonNode reasons = messages.isEmpty() ? answer.path("errors") : messages;
        String details = Stream.concat(
                        needed.isEmpty() ? Stream.empty() : Stream.of("the bot token needs " + needed),
                        StreamSupport.stream(reasons.spliterator(), false).map(JsonNode::asText))
                .collect(Collectors.joining("; "));
        throw new SlackRefusal(code.isEmpty() ? "no_answer" : code, Secrets.inLine(details, DETAILS_CHARACTERS));
    }

    private static Failure.Kind kind(String code) {
        return Stream.of(Failure.Kind.RECORD, Failure.Kind.SETUP, Failure.Kind.ENDPOINT)
                .filter(kind -> CODES.get(kind.name()).contains(code))
                .findFirst()
                .orElse(code.startsWith(RESTRICTED) ? Failure.Kind.SETUP : Failure.Kind.UNCLEAR);
    }

    /** Slack's error code for a rejected call, such as {@code invalid_blocks}, and its details. */
    static final class SlackRefusal extends Exception {
        private static final long serialVersionUID = 1L;

        private final String code;

        /** @param details empty where there are none */
        SlackRefusal(String code, String details) {
            super(details.isEmpty() ? code : code + ": " + details, null, false, false);
            this.code = code;
        }

        String code() {
            return code;
        }

        /** Whether it is in this list of the table. */
        boolean is(String kind) {
            return CODES.get(kind).contains(code);
        }
    }
}
