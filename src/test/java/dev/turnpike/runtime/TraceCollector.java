package dev.turnpike.runtime;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A collector of OpenTelemetry on loopback: it decodes what exporters post, and keeps it. */
final class TraceCollector implements AutoCloseable {
    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final HttpServer server;

    TraceCollector() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.createContext("/v1/traces", this::traces);
        server.start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void traces(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            ExportTraceServiceRequest request = ExportTraceServiceRequest.parseFrom(body);
            requests.add(new String(body, StandardCharsets.ISO_8859_1));
            request.getResourceSpansList()
                    .forEach(resource ->
                            resource.getScopeSpansList().forEach(scope -> spans.addAll(scope.getSpansList())));
            exchange.sendResponseHeaders(200, -1);
        }
    }

    /** All that was posted, in which a text of ASCII can be searched for. */
    String posted() {
        return String.join("\n", requests);
    }

    List<Span> spans() {
        return List.copyOf(spans);
    }

    /** The names of a span and those above it, up to the one that has no parent; empty until all of them have arrived. */
    List<String> pathOf(String traceId, String spanId) {
        List<String> path = new ArrayList<>();
        String next = spanId;
        while (!next.isEmpty()) {
            Span span = find(traceId, next);
            if (span == null) {
                return List.of();
            }
            path.add(span.getName());
            next = hex(span.getParentSpanId().toByteArray());
        }
        return path;
    }

    private Span find(String traceId, String spanId) {
        return spans.stream()
                .filter(span -> hex(span.getTraceId().toByteArray()).equals(traceId)
                        && hex(span.getSpanId().toByteArray()).equals(spanId))
                .findFirst()
                .orElse(null);
    }

    static String hex(byte[] id) {
        return HexFormat.of().formatHex(id);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
