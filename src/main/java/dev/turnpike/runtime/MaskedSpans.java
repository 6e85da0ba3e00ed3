package dev.turnpike.runtime;

import dev.turnpike.http.Secrets;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Removes possible secrets from exported spans: Camel's contain endpoint addresses, and a webhook's address can be a
 * secret. Only attributes known to be safe are exported, and texts are masked as in the log.
 */
final class MaskedSpans implements SpanExporter {
    private static final Set<String> KNOWN = Set.of(
            "cloudevents.event_id",
            "cloudevents.event_type",
            "component",
            "error",
            "error.kind",
            "event",
            "http.method",
            "http.status_code",
            "kafka.key",
            "kafka.offset",
            "kafka.partition",
            "message",
            "messaging.destination.name",
            "messaging.system",
            "op",
            "url.scheme");
    private static final int TEXT = 500;

    private final SpanExporter exporter;

    MaskedSpans(SpanExporter exporter) {
        this.exporter = exporter;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        return exporter.export(spans.stream().<SpanData>map(Masked::new).toList());
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }

    @Override
    public String toString() {
        return "MaskedSpans(" + exporter + ")";
    }

    private static Attributes masked(Attributes attributes) {
        AttributesBuilder masked = attributes.toBuilder().removeIf(key -> !KNOWN.contains(key.getKey()));
        for (Map.Entry<AttributeKey<?>, Object> attribute : attributes.asMap().entrySet()) {
            if (KNOWN.contains(attribute.getKey().getKey()) && attribute.getValue() instanceof String text) {
                masked.put(attribute.getKey().getKey(), Secrets.inLine(text, TEXT));
            }
        }
        return masked.build();
    }

    private static final class Masked extends DelegatingSpanData {
        private final Attributes attributes;
        private final List<EventData> events;

        Masked(SpanData span) {
            super(span);
            this.attributes = masked(span.getAttributes());
            this.events = span.getEvents().stream()
                    .map(event ->
                            EventData.create(event.getEpochNanos(), event.getName(), masked(event.getAttributes())))
                    .toList();
        }

        @Override
        public Attributes getAttributes() {
            return attributes;
        }

        @Override
        public List<EventData> getEvents() {
            return events;
        }
    }
}
