package dev.turnpike.runtime;

import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.turnpike.http.StrictProxy;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.world.Pace;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The whole runtime in a network that lets nothing out but through its proxy, which asks for a password. */
@ExtendWith(SharedKafka.class)
class ProxiedRuntimeIT {

    @TempDir
    private Path folder;

    @Test
    void pollsAndSinksAllTakeTheProxy(SharedKafka.Brokers brokers) throws Exception {
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 20);
        receiver.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("ok".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        receiver.start();
        int port = receiver.getAddress().getPort();
        try (SandboxBackend sandbox = SandboxBackend.builder().seed(7).start();
                StrictProxy proxy = StrictProxy.withPassword("ada", "s3cret")
                        .knows("codex.example.test", sandbox.baseUri().getPort())
                        .knows("hooks.example.test", port)
                        .knows("slack.example.test", port);
                Bench bench = new Bench(brokers, "proxied", sandbox, Clock.systemUTC())) {
            bench.signIn(folder, List.of("a1"))
                    .set("codex.base-url", "http://codex.example.test/backend-api")
                    .set("codex.call-deadline", "20s")
                    .set("http.proxy", "http://ada:s3cret@127.0.0.1:" + proxy.port())
                    .set("webhook.url", "http://hooks.example.test/ci")
                    .set("webhook.secret", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz")
                    .set("slack.webhook-url", "http://slack.example.test/services/T0/B0/x")
                    .start();
            sandbox.pace(Pace.busy());

            for (String call : List.of(
                    "GET http://codex.example.test/backend-api/wham/tasks/list",
                    "GET http://codex.example.test/backend-api/wham/usage",
                    "POST http://hooks.example.test/ci",
                    "POST http://slack.example.test/services/T0/B0/x")) {
                await(call).until(() -> proxy.asked().stream().anyMatch(asked -> asked.startsWith(call)));
            }
        } finally {
            receiver.stop(0);
        }
    }
}
