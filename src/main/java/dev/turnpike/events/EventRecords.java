package dev.turnpike.events;

import dev.turnpike.json.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * Writes events as Kafka records: CloudEvents 1.0 in the binary mode of its Kafka binding, attributes as text headers
 * {@code ce_*}, the data as JSON in the value. Records have no timestamp of their own: a turn that ended long ago must
 * not be deleted by retention at once.
 */
public final class EventRecords {
    private static final String TYPE_PREFIX = "dev.turnpike.codex.";
    static final String VERSION = ".v1";
    private static final Pattern AROUND_KIND = Pattern.compile("^dev\\.turnpike\\.codex\\.|\\.v\\d+$");

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
                new ProducerRecord<>(event.stream().topic(topicPrefix), event.key(), Json.bytes(event.data()));
        Headers headers = message.headers();
        cloudEvent(headers, event.id(), source(event.account()), event.type(), event.subject(), event.time());
        String trace = traceparent.get();
        if (trace != null) {
            put(headers, "ce_traceparent", trace); // the CloudEvents extension for distributed tracing
            put(headers, "traceparent", trace); // the header that instrumented Kafka clients and Camel read
        }
        return message;
    }

    /**
     * Adds the attributes of a CloudEvent.
     *
     * @param type without prefix and version
     * @param subject null for none
     */
    public static void cloudEvent(Headers to, String id, String source, String type, String subject, Instant time) {
        put(to, "content-type", "application/json");
        put(to, "ce_specversion", "1.0");
        put(to, "ce_id", id);
        put(to, "ce_source", source);
        put(to, "ce_type", TYPE_PREFIX + type + VERSION);
        if (subject != null) {
            put(to, "ce_subject", subject);
        }
        put(to, "ce_time", time);
    }

    public static void put(Headers to, String name, Object value) {
        to.add(name, String.valueOf(value).getBytes(StandardCharsets.UTF_8));
    }

    /** A header as text; null where it is missing. */
    public static String header(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** The type without prefix and version: {@code turn.completed}. */
    public static String kind(String cloudEventsType) {
        return AROUND_KIND.matcher(cloudEventsType).replaceAll("");
    }

    /** The CloudEvents source of an account's events, a URI path in which only the account's own slash stays. */
    public static String source(String account) {
        return "/codex/accounts/" + encoded(account).replace("%2F", "/");
    }

    /** Percent-encoded as a segment of a URI's path. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%7E", "~");
    }
}
