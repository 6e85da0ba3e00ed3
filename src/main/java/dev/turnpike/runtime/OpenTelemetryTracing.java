package dev.turnpike.runtime;

import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.http.Secrets;
import dev.turnpike.settings.Settings;
import dev.turnpike.sinks.delivery.Receiver;
import dev.turnpike.sinks.delivery.Receiver.Failure;
import dev.turnpike.sinks.delivery.SinkEvent;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.opentelemetry2.OpenTelemetryTracer;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Tracing by Camel's OpenTelemetry component: a span for each route and call, exported as configured by {@code OTEL_*}.
 */
final class OpenTelemetryTracing implements Tracing {
    /** Defaults where the environment has none: OTLP is sent by the JDK's HTTP client, which has no gRPC. */
    private static final Map<String, String> DEFAULTS = Map.of(
            "otel.service.name", "turnpike",
            "otel.exporter.otlp.protocol", "http/protobuf",
            "otel.propagators", "tracecontext",
            "otel.metrics.exporter", "none",
            "otel.logs.exporter", "none");

    /**
     * Ticks without a due account are not traced, nor are HTTP endpoints: Camel would send the span's headers to
     * upstream or Slack, and the routes around these calls have spans.
     */
    private static final String NOT_TRACED = "timer:*,http://slack*";

    private static final AttributeKey<String> SERVICE_VERSION = AttributeKey.stringKey("service.version");
    private static final Pattern TRACEPARENT = Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})");
    private static final int DESCRIPTION = 500;
    private static final long LAST_SPANS_SECONDS = 5;

    private final OpenTelemetrySdk sdk;
    private final Tracer tracer;
    private final String notTraced;

    private OpenTelemetryTracing(OpenTelemetrySdk sdk, Stream<URI> upstream) {
        this.sdk = sdk;
        this.notTraced = Stream.concat(Stream.of(NOT_TRACED), upstream.map(OpenTelemetryTracing::callsTo))
                .collect(Collectors.joining(","));
        this.tracer = sdk.getTracer("turnpike", TurnpikeVersion.text());
    }

    /** The pattern of Camel endpoints at this address. */
    private static String callsTo(URI base) {
        return "(https?:/*)+" + base.getRawAuthority().replace(".", "\\.") + "([/?].*)?";
    }

    static OpenTelemetryTracing start(Settings settings) {
        // the SDK reports failed exports by java.util.logging
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        try {
            return new OpenTelemetryTracing(
                    AutoConfiguredOpenTelemetrySdk.builder()
                            .disableShutdownHook()
                            .addPropertiesSupplier(() -> DEFAULTS)
                            .addResourceCustomizer((resource, config) -> Resource.create(
                                            Attributes.of(SERVICE_VERSION, TurnpikeVersion.text()))
                                    .merge(resource))
                            .addSpanExporterCustomizer((exporter, config) -> new MaskedSpans(exporter))
                            .build()
                            .getOpenTelemetrySdk(),
                    Stream.of(settings.uri("codex.base-url"), settings.uri("codex.threads-url")));
        } catch (RuntimeException e) {
            throw new IllegalStateException(
                    "tracing.enabled=true, but the OTEL_* variables cannot be used: " + e.getMessage(), e);
        }
    }

    @Override
    public void addTo(CamelContext context) {
        context.getRegistry().bind("tracer", Tracer.class, tracer);
        context.getRegistry().bind("propagators", ContextPropagators.class, sdk.getPropagators());
        OpenTelemetryTracer camel = new OpenTelemetryTracer();
        camel.setExcludePatterns(notTraced);
        camel.setCamelContext(context);
        camel.init(context);
    }

    @Override
    public String traceparent() {
        SpanContext current = Span.current().getSpanContext();
        return current.isValid()
                ? "00-" + current.getTraceId() + "-" + current.getSpanId() + "-"
                        + current.getTraceFlags().asHex()
                : null;
    }

    @Override
    public Receiver traced(String sink, Receiver receiver) {
        return new TracedReceiver(tracer, sink, receiver);
    }

    /** Camel closes a span of its own that another exchange left in this thread, unless its marker is removed. */
    @Override
    public CodexClient traced(CodexClient codex) {
        return request -> Context.current()
                .with(Baggage.empty())
                .wrapSupplier(() -> codex.call(request))
                .get();
    }

    @Override
    public ExecutorService traced(ExecutorService threads) {
        return Context.taskWrapping(threads);
    }

    @Override
    public void close() {
        sdk.shutdown().join(LAST_SPANS_SECONDS, TimeUnit.SECONDS);
    }

    /** The span of a delivery of several events is in the trace of the first, with links to the others. */
    private record TracedReceiver(Tracer tracer, String sink, Receiver receiver) implements Receiver {
        @Override
        public boolean accepts(SinkEvent event) {
            return receiver.accepts(event);
        }

        @Override
        public int most() {
            return receiver.most();
        }

        @Override
        public int together(List<SinkEvent> ready) {
            return receiver.together(ready);
        }

        @Override
        public Failure failure(Exception exception) {
            return receiver.failure(exception);
        }

        @Override
        public void deliver(List<SinkEvent> events) throws Exception {
            SinkEvent first = events.get(0);
            SpanBuilder builder = tracer.spanBuilder("deliver " + sink)
                    .setParent(published(first))
                    .setSpanKind(SpanKind.CONSUMER)
                    .setAttribute("messaging.system", "kafka")
                    .setAttribute(
                            "messaging.destination.name",
                            first.record().origin().topic())
                    .setAttribute("cloudevents.event_id", first.id())
                    .setAttribute("cloudevents.event_type", first.type());
            for (SinkEvent other : events.subList(1, events.size())) {
                builder.addLink(Span.fromContext(published(other)).getSpanContext());
            }
            Span span = builder.startSpan();
            try {
                Context.root()
                        .with(span)
                        .wrap(() -> {
                            receiver.deliver(events);
                            return null;
                        })
                        .call();
            } catch (Exception e) {
                span.setStatus(StatusCode.ERROR, Secrets.inLine(String.valueOf(e.getMessage()), DESCRIPTION));
                throw e;
            } finally {
                span.end();
            }
        }

        private static Context published(SinkEvent event) {
            String header = event.traceparent();
            Matcher parts = TRACEPARENT.matcher(header == null ? "" : header);
            return parts.matches()
                    ? Context.root()
                            .with(Span.wrap(SpanContext.createFromRemoteParent(
                                    parts.group(1),
                                    parts.group(2),
                                    TraceFlags.fromHex(parts.group(3), 0),
                                    TraceState.getDefault())))
                    : Context.root();
        }
    }
}
