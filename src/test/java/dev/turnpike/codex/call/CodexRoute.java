package dev.turnpike.codex.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.http.BoundedHttp;
import dev.turnpike.http.HostileServer;
import dev.turnpike.http.HttpLimits;
import dev.turnpike.http.Network;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.camel.CamelConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.main.MainConfigurationProperties;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.test.main.junit5.CamelMainTestSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** The route file that ships, against a server that does everything wrong a server can do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CodexRoute extends CamelMainTestSupport {
    static final String TOKEN = "token-marked";
    static final int REPLY_BYTES = 1024 * 1024;
    static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    final HostileServer server = start();
    final HostileServer threads = start();
    private final BoundedHttp http;
    final Queue<String> observed = new ConcurrentLinkedQueue<>();
    TokensForTests tokens = TokensForTests.of(TOKEN);

    /** @param deadline of each call */
    CodexRoute(Duration deadline) {
        http = new BoundedHttp(
                HttpLimits.standard().withReplyBytes(REPLY_BYTES).withDeadline(deadline),
                "turnpike/test",
                Network.plain());
    }

    private static HostileServer start() {
        try {
            return new HostileServer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void configure(MainConfigurationProperties configuration) {
        configuration.withRoutesIncludePattern("file:routes/codex.camel.yaml");
        configuration.addConfiguration(new CamelConfiguration() {
            @Override
            public void configure(CamelContext context) {
                context.getPropertiesComponent().addInitialProperty("codex.base-url", server.url() + "/backend-api/");
                context.getPropertiesComponent().addInitialProperty("codex.threads-url", threads.url() + "/threads/");
            }
        });
        configuration.addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:caller")
                        .doTry()
                        .to("direct:codex")
                        .doCatch(UpstreamException.class)
                        .setBody(simple("${exception.kind}"))
                        .end();
            }
        });
    }

    @Override
    protected String getPropertyPlaceholderLocations() {
        return "classpath:dev/turnpike/camel.properties";
    }

    @Override
    protected void bindToRegistry(Registry registry) {
        CallObserver observer = (endpoint, outcome, duration) -> {
            assertThat(duration).isPositive();
            observed.add(endpoint + " " + outcome);
        };
        Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
        CodexCallBeans.bind(
                registry,
                CodexBase.of(URI.create(server.url() + "/backend-api/")),
                ThreadsBase.of(URI.create(threads.url() + "/threads/")),
                http,
                observer,
                clock);
    }

    @BeforeEach
    void forgetEarlierRequests() {
        server.forget();
        threads.forget();
        observed.clear();
        tokens = TokensForTests.of(TOKEN);
    }

    @AfterAll
    void close() throws IOException {
        server.close();
        threads.close();
        http.close();
    }

    final CodexRequest list() {
        return CodexRequest.get(tokens, "workspace-1/user-1", "tasks", "list").with("limit", "20");
    }

    final CodexRequest create() {
        return new CodexRequest(tokens, "a", "POST", List.of("tasks"), Map.of(), "{\"new_task\":\"ü\"}", false);
    }

    final Exchange exchange(CodexRequest request) {
        Exchange exchange = new DefaultExchange(context(), ExchangePattern.InOut);
        exchange.getIn().setBody(request);
        return exchange;
    }

    final Exchange ask(CodexRequest request) {
        return template().send("direct:codex", exchange(request));
    }

    final UpstreamException failure(CodexRequest request) {
        Exchange exchange = ask(request);
        assertThat(exchange.getException()).isInstanceOf(UpstreamException.class);
        assertThat(exchange.getException()).hasMessageNotContaining(TOKEN);
        assertNothingOfTheCallIsLeft(exchange);
        assertThat(exchange.getMessage().getBody()).isEqualTo(request);
        return exchange.getException(UpstreamException.class);
    }

    static String headers(String... lines) {
        return String.join("\r\n", lines) + "\r\n";
    }

    static void assertNothingOfTheCallIsLeft(Exchange exchange) {
        Map<String, Object> headers = new HashMap<>(exchange.getMessage().getHeaders());
        // Camel's own, without content of the call
        headers.keySet().removeIf(name -> name.startsWith("CamelRedeliver"));
        assertThat(headers).isEmpty();
        assertThat(exchange.getProperties()).doesNotContainKeys("codexCall", "CamelCharsetName");
        assertThat(exchange.getAllProperties().toString()).doesNotContain(TOKEN);
    }

    final String body(Exchange exchange) {
        assertThat(exchange.getException()).isNull();
        return ((JsonNode) exchange.getMessage().getBody()).toString();
    }
}
