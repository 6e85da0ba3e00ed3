package dev.turnpike.runtime;

import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.settings.Settings;
import dev.turnpike.sinks.delivery.Receiver;
import java.util.concurrent.ExecutorService;
import org.apache.camel.CamelContext;

/**
 * Joins a poll, its transaction and the deliveries of its events in one trace. Where {@code tracing.enabled} is false
 * every method does nothing, and no class of OpenTelemetry is loaded.
 */
interface Tracing extends AutoCloseable {

    /** Reads the standard variables of OpenTelemetry. */
    static Tracing of(Settings settings) {
        return settings.flag("tracing.enabled") ? OpenTelemetryTracing.start(settings) : new Tracing() {};
    }

    /** Before the context's routes are made. */
    default void addTo(CamelContext context) {}

    /** The current span in the form of W3C Trace Context; null where there is none. */
    default String traceparent() {
        return null;
    }

    /** Adds each delivery attempt as a span to the trace that published the event. */
    default Receiver traced(String sink, Receiver receiver) {
        return receiver;
    }

    /** Adds the calls to the caller's trace. */
    default CodexClient traced(CodexClient codex) {
        return codex;
    }

    /** Adds the work of these threads to the submitter's trace. */
    default ExecutorService traced(ExecutorService threads) {
        return threads;
    }

    /** Sends the last spans. */
    @Override
    default void close() {}
}
