package dev.turnpike.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.json.Json;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes events as Kafka records: CloudEvents 1.0 in the binary mode of its Kafka binding, attributes as text headers
 * {@code ce_*}, the data as JSON in the value. Records have no timestamp of their own: a turn that ended long ago must
 * not be deleted by retention at once.
 */
public final class EventRecords {
    private static final String TYPE_PREFIX = "dev.turnpike.codex.";
    static final String VERSION = ".v1";
    private static final Pattern AROUND_KIND = Pattern.compile("^dev\\.turnpike\\.codex\\.|\\.v\\d+$");

    private final ObjectWriter json = Json.MAPPER.writer();
    private final String topicPrefix;
    private final Supplier<String> traceparent;

    /** @param topicPrefix the setting {@code topics.prefix} */
    public EventRecords(String topicPrefix) {
        this(topicPrefix, () -> null);
    }

    /** @param traceparent the trace that an event belongs to, as W3C Trace Context has it; null for none */
    public EventRecords(String topicPrefix, Supplier<String> traceparent) {
        this.topicPrefix = topicPrefix;
        this.traceparent = traceparent;
    }

    public ProducerRecord<String, byte[]> of(Event event) {
        ProducerRecord<String, byte[]> message =
                new ProducerRecord<>(event.stream().topic(topicPrefix), event.key(), bytes(event.data()));
        header(message, "content-type", "application/json");
        header(message, "ce_specversion", "1.0");
        header(message, "ce_id", event.id());
        header(message, "ce_source", source(event.account()));
        header(message, "ce_type", type(event.type()));
        if (event.subject() != null) {
            header(message, "ce_subject", event.subject());
        }
        header(message, "ce_time", event.time().toString());
        String trace = traceparent.get();
        if (trace != null) {
            header(message, "ce_traceparent", trace); // the CloudEvents extension for distributed tracing
            header(message, "traceparent", trace); // the header that instrumented Kafka clients and Camel read
        }
        return message;
    }

    /** The CloudEvents type of an event: {@code dev.turnpike.codex.turn.completed.v1}. */
    public static String type(String type) {
        return TYPE_PREFIX + type + VERSION;
    }

    /** The type without prefix and version: {@code turn.completed}. */
    public static String kind(String cloudEventsType) {
        return AROUND_KIND.matcher(cloudEventsType).replaceAll("");
    }

    /** The CloudEvents source of an account's events, a URI path in which only the account's own slash stays. */
    public static String source(String account) {
        return "/codex/accounts/"
                + URLEncoder.encode(account, StandardCharsets.UTF_8)
                        .replace("+", "%20")
                        .replace("%2F", "/")
                        .replace("%7E", "~");
    }

    private byte[] bytes(ObjectNode data) {
        try {
            return json.writeValueAsBytes(data);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("The data of an event cannot be written as JSON", e);
        }
    }

    private static void header(ProducerRecord<String, byte[]> message, String name, String value) {
        message.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
