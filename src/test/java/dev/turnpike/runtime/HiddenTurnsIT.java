package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.world.TaskRequest;
import dev.turnpike.sandbox.world.TurnState;
import dev.turnpike.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Turns that are still owed although the next walk down the list, as far as it must go, does not meet them. */
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(SharedKafka.class)
class HiddenTurnsIT {
    private static final int PAGE = 5;

    @TempDir
    Path directory;

    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final AtomicBoolean secondPageFails = new AtomicBoolean();
    private final AtomicReference<String> detailsFail = new AtomicReference<>("");
    private final AtomicInteger failed = new AtomicInteger();
    private final HttpClient http = HttpClient.newHttpClient();
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private HttpServer front;
    private SandboxBackend sandbox;

    @BeforeEach
    void startUpstream() throws IOException {
        sandbox = SandboxBackend.builder().clock(new WorldClock()).start();
        front = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        front.setExecutor(threads);
        front.createContext("/", this::forward);
        front.start();
    }

    @AfterEach
    void stopUpstream() {
        front.stop(0);
        threads.shutdownNow();
        sandbox.close();
    }

    @Test
    void whatAWalkThatBrokeOffHasNotSeenIsFoundByTheNextOne(SharedKafka.Brokers brokers) throws Exception {
        Path home = sandbox.writeCodexHome(directory.resolve("codex"));
        try (RunningTurnpike turnpike =
                TurnpikeRuntime.start(settings(brokers, "broke-off.", home), Clock.systemUTC())) {
            assertThat(turnpike.brokers()).isEqualTo(brokers.text());
            await().until(() -> sandbox.requests().count(SandboxEndpoint.LIST) >= 3);
            TurnsTopic topic = new TurnsTopic(brokers.text(), "broke-off.turns");
            secondPageFails.set(true);
            List<String> ended = new ArrayList<>();
            sandbox.world().atomically(() -> {
                end(3 * PAGE, ended);
                // further apart than a walk goes below the watermark
                ahead.set(Duration.ofMinutes(10));
                end(PAGE, ended);
            });

            await().until(() -> failed.get() >= 2);
            await().untilAsserted(() -> assertThat(topic.turns()).hasSize(PAGE));
            secondPageFails.set(false);

            await().untilAsserted(() -> assertThat(topic.turns()).containsExactlyInAnyOrderElementsOf(ended));
        }
    }

    @Test
    void aTurnThatWaitsForItsDetailsIsReportedWhenTheListHasMovedOn(SharedKafka.Brokers brokers) throws Exception {
        Path home = sandbox.writeCodexHome(directory.resolve("codex"));
        try (RunningTurnpike turnpike =
                TurnpikeRuntime.start(settings(brokers, "moved-on.", home), Clock.systemUTC())) {
            assertThat(turnpike.brokers()).isEqualTo(brokers.text());
            await().until(() -> sandbox.requests().count(SandboxEndpoint.LIST) >= 3);
            TurnsTopic topic = new TurnsTopic(brokers.text(), "moved-on.turns");
            List<String> ended = new ArrayList<>();
            sandbox.world().atomically(() -> {
                end(1, ended);
                detailsFail.set("/tasks/" + ended.get(0).split("~", -1)[0]);
            });
            await().pollInterval(Duration.ofMillis(20)).until(() -> failed.get() > 0);
            sandbox.world().atomically(() -> {
                // the page on which the next walk ends
                ahead.set(Duration.ofMinutes(5));
                end(PAGE, ended);
                ahead.set(Duration.ofMinutes(10));
                end(PAGE, ended);
            });

            await().untilAsserted(() -> assertThat(topic.turns()).containsAll(ended.subList(1, ended.size())));
            detailsFail.set("");

            await().untilAsserted(() -> assertThat(topic.turns()).containsExactlyInAnyOrderElementsOf(ended));
        }
    }

    private boolean isToFail(URI asked) {
        boolean list = asked.getPath().endsWith("/tasks/list");
        return list
                ? secondPageFails.get() && asked.toString().contains("cursor=")
                : !detailsFail.get().isEmpty() && asked.getPath().contains(detailsFail.get());
    }

    private void end(int tasks, List<String> ended) {
        for (int task = 0; task < tasks; task++) {
            String turn = sandbox.world().create(TaskRequest.plain()).turnId();
            sandbox.world().end(turn, TurnState.COMPLETED);
            ended.add(turn + ":completed");
        }
    }

    /** The stand-in as it is, but for what is to fail. */
    private void forward(HttpExchange exchange) throws IOException {
        URI asked = exchange.getRequestURI();
        try (exchange) {
            if (isToFail(asked)) {
                failed.incrementAndGet();
                exchange.sendResponseHeaders(500, -1);
                return;
            }
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(sandbox.origin().toString() + asked));
            exchange.getRequestHeaders().forEach((name, values) -> {
                if (name.equalsIgnoreCase("authorization") || name.equalsIgnoreCase("chatgpt-account-id")) {
                    request.header(name, values.get(0));
                }
            });
            HttpResponse<byte[]> reply = http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            reply.headers()
                    .firstValue("content-type")
                    .ifPresent(type -> exchange.getResponseHeaders().set("content-type", type));
            exchange.sendResponseHeaders(reply.statusCode(), reply.body().length);
            exchange.getResponseBody().write(reply.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Settings settings(SharedKafka.Brokers brokers, String prefix, Path home) {
        Map<String, String> values = new HashMap<>();
        values.put("codex.base-url", "http://127.0.0.1:" + front.getAddress().getPort() + "/backend-api");
        values.put("codex.token-url", sandbox.tokenUri().toString());
        values.put("codex.auth-files", home.toString());
        values.put("kafka.brokers", brokers.text());
        values.put("topics.prefix", prefix);
        values.put("management.port", "0");
        values.put("http.port", "0");
        values.put("poll.tick", "100ms");
        values.put("poll.tasks.active", "1s");
        values.put("poll.tasks.idle", "1s");
        values.put("poll.tasks.page-size", Integer.toString(PAGE));
        values.put("topics.partitions", "2");
        values.put("shards", "2");
        return Settings.of(values);
    }

    /** The system's time, ahead by as much as the test says. */
    private final class WorldClock extends Clock {
        @Override
        public Instant instant() {
            return Instant.now().plus(ahead.get());
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("a world has one zone");
        }
    }
}
