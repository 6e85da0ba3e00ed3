package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import dev.turnpike.Patience;
import dev.turnpike.TurnpikeProcess;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.world.Pace;
import dev.turnpike.sinks.Answer;
import dev.turnpike.sinks.TestServer;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What tracing shows where it is on, and what it costs where it is not. */
@ExtendWith(SharedKafka.class)
class TracingIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ROUTE = """
            - route:
                id: mine
                from:
                  uri: kafka:{{topics.prefix}}turns
                  parameters:
                    groupId: mine
                    headerDeserializer: "#class:org.apache.camel.component.kafka.serde.ToStringKafkaHeaderDeserializer"
                  steps:
                    - log: "${header.ce_type}"
            """;
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    @TempDir
    private Path folder;

    @Test
    void aPollItsEventAndTheDeliveryAreOneTrace(SharedKafka.Brokers brokers) throws Exception {
        try (SandboxBackend backend = SandboxBackend.builder().seed(14).start();
                Receiver receiver = new Receiver();
                TraceCollector collector = new TraceCollector();
                TurnpikeProcess run = run(
                        brokers,
                        "traced.",
                        backend,
                        receiver,
                        Map.of(
                                "TRACING_ENABLED",
                                "true",
                                "OTEL_EXPORTER_OTLP_ENDPOINT",
                                collector.endpoint(),
                                "OTEL_EXPORTER_OTLP_TIMEOUT",
                                Long.toString(Patience.LONGEST.toMillis()),
                                "OTEL_BSP_SCHEDULE_DELAY",
                                "200"))) {
            run.printed("(First contact account=\\S+)");
            backend.pace(Pace.busy());
            await().until(() -> receiver.requests.size() > 3);

            ConsumerRecord<String, byte[]> turn = new TurnsTopic(brokers.text(), "traced.codex.turns")
                    .records()
                    .get(0);
            String published = TurnsTopic.header(turn, "ce_traceparent");
            assertThat(published).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[13]");
            assertThat(TurnsTopic.header(turn, "traceparent")).isEqualTo(published);
            Delivered delivered = receiver.of(TurnsTopic.header(turn, "ce_id"));
            assertThat(delivered.body().path("traceparent").asText()).isEqualTo(published);
            String trace = published.substring(3, 35);
            assertThat(delivered.traceparent()).startsWith("00-" + trace + "-").isNotEqualTo(published);
            await().untilAsserted(() -> assertThat(
                            collector.pathOf(trace, delivered.traceparent().substring(36, 52)))
                    .as("the request, and what it was made for")
                    .containsSubsequence(
                            "POST", "webhook-default", "deliver webhook-default", "publish", "poll-tasks"));
            assertThat(collector.pathOf(trace, published.substring(36, 52))).startsWith("publish");

            await().untilAsserted(() -> assertThat(collector.spans())
                    .as("a route of a user, which reads headers as texts")
                    .filteredOn(span -> span.getName().equals("traced.codex.turns"))
                    .extracting(span -> TraceCollector.hex(span.getTraceId().toByteArray()))
                    .contains(trace));

            await().untilAsserted(() -> assertThat(names(collector)).contains("codex", "codex-attempt", "scan-tasks"));
            assertPollsAreTracesOfTheirOwn(collector);
            assertThat(names(collector))
                    .as("a header with the trace goes to webhooks, and not to Codex")
                    .doesNotContain("GET");
            assertThat(collector.posted())
                    .contains("turnpike", "service.version")
                    .doesNotContain(receiver.uri("").toString(), "not-for-everyone", SECRET, "eyJ", "rt_");
            assertThat(run.stop()).isEqualTo(143);
            assertThat(run.complaints()).noneMatch(line -> line.matches(".* (ERROR|WARN ) .*(Tracer|Export|Span).*"));
        }
    }

    private static void assertPollsAreTracesOfTheirOwn(TraceCollector collector) {
        await().untilAsserted(() ->
                assertThat(roots(collector)).extracting(Span::getName).contains("poll-tasks", "poll-usage"));
        List<Span> roots = roots(collector);
        assertThat(roots)
                .extracting(span -> TraceCollector.hex(span.getTraceId().toByteArray()))
                .doesNotHaveDuplicates();
        assertThat(roots).extracting(Span::getName).doesNotContain("codex", "publish", "tasks");
    }

    private static List<Span> roots(TraceCollector collector) {
        return collector.spans().stream()
                .filter(span -> span.getParentSpanId().isEmpty())
                .toList();
    }

    @Test
    void withoutItNothingOfOpenTelemetryIsLoaded(SharedKafka.Brokers brokers) throws Exception {
        Path loaded = folder.resolve("loaded.log");
        try (SandboxBackend backend = SandboxBackend.builder().seed(15).start();
                Receiver receiver = new Receiver();
                TurnpikeProcess run = run(
                        brokers,
                        "untraced.",
                        backend,
                        receiver,
                        Map.of("JAVA_TOOL_OPTIONS", "-Xlog:class+load:file=" + loaded))) {
            run.printed("(First contact account=\\S+)");
            backend.pace(Pace.busy());
            await().until(() -> !receiver.requests.isEmpty());
            assertThat(receiver.requests).allMatch(request -> request.traceparent() == null);
            assertThat(run.stop()).isEqualTo(143);
            assertThat(backend.requests().count(SandboxEndpoint.LIST)).isPositive();
        }
        assertThat(Files.readAllLines(loaded))
                .anyMatch(line -> line.contains("dev.turnpike.runtime.Tracing"))
                .noneMatch(line -> line.contains(" io.opentelemetry.")
                        || line.contains("org.apache.camel.opentelemetry2.")
                        || line.contains("org.apache.camel.telemetry."));
    }

    private TurnpikeProcess run(
            SharedKafka.Brokers brokers,
            String prefix,
            SandboxBackend backend,
            Receiver receiver,
            Map<String, String> environment)
            throws IOException {
        Files.writeString(Files.createDirectories(folder.resolve("extra")).resolve("mine.camel.yaml"), ROUTE);
        Path home = backend.writeCodexHome(folder.resolve(prefix + "home"));
        Map<String, String> all = new HashMap<>(environment);
        all.put("WEBHOOK_URL", receiver.uri("/hook?key=not-for-everyone").toString());
        all.put("WEBHOOK_SECRET", SECRET);
        return TurnpikeProcess.turnpike(
                folder,
                all,
                "run",
                "-Dkafka.brokers=" + brokers.text(),
                "-Dtopics.prefix=" + prefix + "codex.",
                "-Dtopics.partitions=1",
                "-Dshards=1",
                "-Droutes.extra=" + folder.resolve("extra"),
                "-Dcodex.base-url=" + backend.baseUri(),
                "-Dcodex.token-url=" + backend.tokenUri(),
                "-Dcodex.auth-files=" + home,
                "-Ddata.dir=" + folder.resolve("data"),
                "-Dmanagement.port=0",
                "-Dhttp.port=0",
                "-Dwebhook.events=turn.*",
                "-Dpoll.tasks.active=1s",
                "-Dpoll.tasks.idle=1s");
    }

    private static List<String> names(TraceCollector collector) {
        return collector.spans().stream().map(Span::getName).toList();
    }

    private record Delivered(String traceparent, JsonNode body) {}

    private static final class Receiver extends TestServer {
        private final List<Delivered> requests = new CopyOnWriteArrayList<>();

        @Override
        protected Answer answer(HttpExchange exchange, String body) {
            try {
                requests.add(new Delivered(exchange.getRequestHeaders().getFirst("traceparent"), JSON.readTree(body)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return Answer.ok();
        }

        Delivered of(String event) {
            return await().until(
                            () -> requests.stream()
                                    .filter(request ->
                                            request.body().path("id").asText().equals(event))
                                    .findFirst(),
                            Optional::isPresent)
                    .orElseThrow();
        }
    }
}
