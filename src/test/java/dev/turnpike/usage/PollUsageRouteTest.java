package dev.turnpike.usage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.Patience;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.call.RouteCodexClient;
import dev.turnpike.codex.call.UpstreamFailures;
import dev.turnpike.credentials.Credentials;
import dev.turnpike.credentials.LogCapture;
import dev.turnpike.events.Event;
import dev.turnpike.shard.Proposal;
import dev.turnpike.usage.UsageComparison.UsageRules;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.camel.BindToRegistry;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Expression;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.main.MainConfigurationProperties;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.ExpressionAdapter;
import org.apache.camel.test.junit5.CamelContextConfiguration;
import org.apache.camel.test.main.junit5.CamelMainTestSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PollUsageRouteTest extends CamelMainTestSupport {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final String REPLY = """
            {"plan_type": "pro", "rate_limit": {"allowed": true, "limit_reached": false,
             "primary_window": {"used_percent": 8, "limit_window_seconds": 18000,
              "reset_after_seconds": 60, "reset_at": 1795341660}}}
            """;

    private final StateInMemory state = new StateInMemory();

    @Override
    protected void bindToRegistry(Registry beans) {}

    @Override
    protected String getPropertyPlaceholderLocations() {
        return "classpath:dev/turnpike/camel.properties";
    }

    private static final String CREDITS = """
            {"credits": [{"id": "credit-1", "reset_type": "weekly", "status": "available",
              "expires_at": "2026-11-23T10:00:00Z"}], "available_count": 1}
            """;

    @BindToRegistry("resetCredits")
    private final ResetCreditPoll resetCredits = new ResetCreditPoll(
            (account, proposal) -> proposal.decide(state.known()).isNothing(),
            request -> new RouteCodexClient(context, new UpstreamFailures(Clock.systemUTC())).call(request),
            drift -> {},
            Duration.ofDays(3),
            Clock.fixed(NOW, ZoneOffset.UTC));

    private final Queue<String> looks = new ConcurrentLinkedQueue<>();

    @BindToRegistry("usagePoll")
    private final UsagePoll poll = new UsagePoll(
            (account, proposal) -> proposal.decide(state.known()).isNothing(),
            new UsageReader(drift -> {}),
            UsageRules.DEFAULT,
            (account, limits) -> limits.forEach(limit -> limit.windows()
                    .forEach(window ->
                            looks.add(account + " " + limit.id() + " " + window.name() + " " + window.usedPercent()))),
            resetCredits,
            Clock.fixed(NOW.minusSeconds(3600), ZoneOffset.UTC));

    @BindToRegistry("pollers")
    private final ExecutorService pollers = Executors.newCachedThreadPool();

    @AfterEach
    void endPollers() {
        pollers.shutdownNow();
    }

    @BindToRegistry("polls")
    private final DueAccounts accounts = new DueAccounts();

    @BindToRegistry("usageDue")
    final Expression usageDue = new ExpressionAdapter() {
        @Override
        public Object evaluate(Exchange exchange) {
            return accounts.due();
        }
    };

    private final Queue<Object> replies = new ConcurrentLinkedQueue<>();

    @Override
    public void configureContext(CamelContextConfiguration configuration) {
        super.configureContext(configuration);
        Properties properties = new Properties();
        properties.setProperty("poll.usage.tick", "10");
        configuration.withUseOverridePropertiesWithPropertiesComponent(properties);
    }

    @Override
    protected void configure(MainConfigurationProperties configuration) {
        configuration.setRoutesIncludePattern("file:routes/poll-usage.camel.yaml");
        configuration.addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:codex").to("mock:codex").process(exchange -> {
                    Object reply = replies.poll();
                    if (reply instanceof UpstreamException failure) {
                        throw failure;
                    }
                    exchange.setProperty("codexDate", NOW);
                    exchange.getMessage().setBody(new ObjectMapper().readTree(reply.toString()));
                });
                from("direct:publish").to("mock:publish").process(exchange -> {
                    for (Object proposal : exchange.getMessage().getBody(List.class)) {
                        state.apply(((Proposal) proposal).decide(state.known()));
                    }
                });
            }
        });
    }

    @Test
    void usageIsAskedForAndPublishedOnceWhileItStandsStill() throws Exception {
        MockEndpoint codex = getMockEndpoint("mock:codex");
        MockEndpoint publish = getMockEndpoint("mock:publish");
        codex.expectedMessageCount(2);
        publish.expectedMessageCount(1);

        Account account = new Account();
        replies.addAll(List.of(REPLY, REPLY));
        accounts.poll(account);
        accounts.poll(account);

        MockEndpoint.assertIsSatisfied(context);
        CodexRequest request = codex.getExchanges().get(0).getMessage().getBody(CodexRequest.class);
        assertThat(request.line()).isEqualTo("GET /usage");
        assertThat(request.credentials()).isSameAs(account.credentials());
        assertThat(request.account()).isEqualTo("workspace/user");
        assertThat(publish.getExchanges().get(0).getProperty("account")).isSameAs(account);
        assertThat(accounts.outcomes).containsExactly("ok", "ok");
        assertThat(looks)
                .as("a look that is no news is a look")
                .containsExactly("workspace/user codex five_hour 8.0", "workspace/user codex five_hour 8.0");
        assertThat(state.events()).singleElement().satisfies(event -> {
            assertThat(event.type()).isEqualTo("usage.observed");
            assertThat(event.time()).isEqualTo(NOW);
            assertThat(event.data().at("/windows/0/window").asText()).isEqualTo("five_hour");
        });
    }

    /** The thread that hands a poll over does not wait for it. */
    @Test
    void whatFailsAfterAPollHasFailedIsLogged() throws Exception {
        try (LogCapture log = new LogCapture("org.apache.camel.processor.errorhandler")) {
            accounts.failure = new IllegalStateException("no outcome is written");
            replies.add(new UpstreamException(UpstreamException.Kind.SERVER_ERROR, 503, null, "GET /usage: 503", null));
            accounts.poll(new Account());

            await().untilAsserted(() -> assertThat(log.lines())
                    .anyMatch(line -> line.startsWith("ERROR") && line.contains("no outcome is written")));
        }
    }

    @Test
    void resetCreditsAreReadOnceAnHourThroughTheOneClient() throws Exception {
        MockEndpoint codex = getMockEndpoint("mock:codex");
        String holder = REPLY.strip().replaceFirst("}$", ", \"rate_limit_reset_credits\": {\"available_count\": 1}}");
        replies.addAll(List.of(holder, CREDITS, holder));

        accounts.poll(new Account());
        accounts.poll(new Account());

        assertThat(accounts.outcomes).containsExactly("ok", "ok");
        assertThat(codex.getExchanges())
                .extracting(exchange ->
                        exchange.getMessage().getBody(CodexRequest.class).line())
                .containsExactly("GET /usage", "GET /rate-limit-reset-credits", "GET /usage");
        assertThat(state.events())
                .extracting(Event::type)
                .containsExactly("usage.observed", "usage.reset-credit-expiring");
    }

    @Test
    void whateverFailsEndsThePollAsFailedAndTheNextOneWorks() throws Exception {
        replies.add(new UpstreamException(UpstreamException.Kind.SERVER_ERROR, 503, null, "GET /usage: 503", null));
        replies.add("[]");
        replies.add("{\"plan_type\": ");
        replies.add(REPLY);
        getMockEndpoint("mock:publish").expectedMessageCount(1);

        for (int look = 0; look < 4; look++) {
            accounts.poll(new Account());
        }

        MockEndpoint.assertIsSatisfied(context);
        assertThat(accounts.outcomes)
                .containsExactly(
                        "GET /usage: 503", "GET /usage: the reply is no JSON object", "JsonEOFException", "ok");
        assertThat(looks).as("a poll that fails is none").hasSize(1);
    }

    @Test
    void whatIsKnownAlreadyGivesNoDecision() {
        List<Proposal> first = poll.compare(Replies.json(REPLY), "workspace/user", NOW);
        state.apply(first.get(0).decide(state.known()));

        assertThat(poll.compare(Replies.json(REPLY), "workspace/user", NOW.plusSeconds(60)))
                .isEmpty();
        assertThat(first.get(0).decide(state.known()).isNothing()).isTrue();
    }

    /** Stands for the accounts: one poll at a time is due. */
    public static final class DueAccounts {
        private final BlockingQueue<Account> due = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
        private final List<String> outcomes = new ArrayList<>();
        private volatile RuntimeException failure;

        void poll(Account account) throws InterruptedException {
            due.add(account);
            outcomes.add(ended.poll(Patience.SECONDS, TimeUnit.SECONDS));
        }

        List<Account> due() {
            List<Account> now = new ArrayList<>();
            due.drainTo(now);
            return now;
        }

        public void succeeded() {
            ended.add("ok");
        }

        public void failed(@ExchangeProperty("CamelExceptionCaught") Throwable caught) {
            Throwable cause = caught;
            while (!(cause instanceof UpstreamException) && cause.getCause() != null) {
                cause = cause.getCause();
            }
            ended.add(
                    cause instanceof UpstreamException
                            ? cause.getMessage()
                            : cause.getClass().getSimpleName());
            if (failure != null) {
                throw failure;
            }
        }
    }

    /** Stands for the polled account: the route knows it by these two methods only. */
    public static final class Account {
        private final Credentials credentials = (Credentials) Proxy.newProxyInstance(
                Credentials.class.getClassLoader(), new Class<?>[] {Credentials.class}, (proxy, method, arguments) -> {
                    throw new UnsupportedOperationException(method.getName());
                });

        public Credentials credentials() {
            return credentials;
        }

        public String id() {
            return "workspace/user";
        }
    }
}
