package dev.turnpike.sinks.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.turnpike.doctor.Check;
import dev.turnpike.doctor.SinkChecks;
import dev.turnpike.http.CompanyAuthority;
import dev.turnpike.settings.Settings;
import dev.turnpike.sinks.RunningSinks;
import dev.turnpike.sinks.SinkKafka;
import dev.turnpike.sinks.SinkSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A receiver with an authority of its own, which demands a client certificate and two headers. */
class DemandingReceiverIT {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    @TempDir
    static Path keys;

    @TempDir
    Path folder;

    private static CompanyAuthority authority;
    private static Path certificate;
    private final List<String> accepted = new CopyOnWriteArrayList<>();
    private HttpsServer receiver;
    private SinkKafka kafka;

    @BeforeAll
    static void certify() throws Exception {
        authority = CompanyAuthority.in(keys, "ip:127.0.0.1");
        certificate = authority.client(keys);
    }

    @BeforeEach
    void start() throws Exception {
        receiver = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        SSLContext tls = authority.server();
        receiver.setHttpsConfigurator(new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters demanding = tls.getDefaultSSLParameters();
                demanding.setNeedClientAuth(true);
                parameters.setSSLParameters(demanding);
            }
        });
        receiver.createContext("/", this::answer);
        receiver.start();
        kafka = new SinkKafka();
    }

    @AfterEach
    void stop() {
        receiver.stop(0);
        kafka.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean known = ((HttpsExchange) exchange)
                            .getSSLSession()
                            .getPeerPrincipal()
                            .getName()
                            .equals("CN=turnpike")
                    && "Bearer secret".equals(exchange.getRequestHeaders().getFirst("Authorization"))
                    && "codex".equals(exchange.getRequestHeaders().getFirst("X-Tenant"));
            if (known) {
                accepted.add(exchange.getRequestHeaders().getFirst("webhook-id"));
            }
            exchange.sendResponseHeaders(known ? 204 : 401, -1);
        }
    }

    private Settings settings(Map<String, String> more) throws IOException {
        Map<String, String> given = new HashMap<>(Map.of(
                "webhook.url",
                "https://127.0.0.1:" + receiver.getAddress().getPort() + "/hook",
                "webhook.secret",
                SECRET,
                "webhook.start-from",
                "beginning",
                "webhook.ca-file",
                authority.pem().toString()));
        given.putAll(more);
        Path headers = Files.writeString(folder.resolve("headers"), "Authorization: Bearer secret\nX-Tenant: codex\n");
        Path file = Files.createFile(folder.resolve("application.properties" + given.size()));
        return Settings.load(file, Map.of("WEBHOOK_HEADERS_FILE", headers.toString()), given);
    }

    private Map<String, String> shown() {
        return Map.of(
                "webhook.client-certificate", certificate.toString(),
                "webhook.client-key", keys.resolve("client.key").toString());
    }

    @Test
    void getsEventsAndPingsWithTheCertificateAndTheHeadersOfTheFile() throws Exception {
        Settings settings = settings(shown());
        try (RunningSinks running = RunningSinks.start(kafka, SinkSettings.webhooks(settings), List.of())) {
            assertThat(running.context().getRoute("webhook-default")).isNotNull();
            String event = kafka.turn("task", 1, "completed");
            await().until(() -> !accepted.isEmpty());
            assertThat(accepted).containsExactly(event);
        }
        Check check = new SinkChecks(Clock.systemUTC()).of(settings).get(0);
        assertThat(check.toString()).contains("accepts a signed ping, HTTP 204");
        assertThat(accepted).hasSize(2);
        assertThat(SinkSettings.webhooks(settings).toString())
                .doesNotContain("Bearer")
                .doesNotContain(SECRET);
    }

    @Test
    void getsNothingWithoutTheCertificate() throws Exception {
        Check check = new SinkChecks(Clock.systemUTC()).of(settings(Map.of())).get(0);

        assertThat(check.toString()).contains("cannot be reached");
        assertThat(accepted).isEmpty();
    }

    @Test
    void isNotTrustedWithoutItsAuthority() throws Exception {
        Map<String, String> given = new HashMap<>(shown());
        given.put("webhook.ca-file", "");

        assertThat(new SinkChecks(Clock.systemUTC()).of(settings(given)).get(0).toString())
                .contains("untrusted certificate", CompanyAuthority.NAME);
    }
}
