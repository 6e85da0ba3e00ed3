package dev.turnpike.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.credentials.Bearer;
import dev.turnpike.credentials.Credentials;
import dev.turnpike.credentials.Identity;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.Proposal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.apache.camel.BindToRegistry;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.main.MainConfigurationProperties;
import org.apache.camel.test.main.junit5.CamelMainTestSupport;
import org.junit.jupiter.api.Test;

class PollUsageRouteTest extends CamelMainTestSupport {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final String REPLY = """
            {"plan_type": "pro", "rate_limit": {"allowed": true, "limit_reached": false,
             "primary_window": {"used_percent": 8, "limit_window_seconds": 18000,
              "reset_after_seconds": 60, "reset_at": 1795341660}}}
            """;

    private final StateInMemory state = new StateInMemory();

    @BindToRegistry("usagePoll")
    private final UsagePoll poll = new UsagePoll(
            account -> Optional.of(state),
            new UsageReader(drift -> {}),
            UsageRules.DEFAULT,
            Clock.fixed(NOW.minusSeconds(3600), ZoneOffset.UTC));

    @Override
    protected void configure(MainConfigurationProperties configuration) {
        configuration.setRoutesIncludePattern("file:routes/poll-usage.camel.yaml");
        configuration.addRoutesBuilder(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:codex").to("mock:codex").process(exchange -> {
                    exchange.setProperty("codexDate", NOW);
                    exchange.getMessage().setBody(REPLY.getBytes(StandardCharsets.UTF_8));
                });
                from("direct:publish").to("mock:publish");
            }
        });
    }

    @Test
    void usageIsAskedForAndPublishedOnceWhileItStandsStill() throws Exception {
        MockEndpoint codex = getMockEndpoint("mock:codex");
        MockEndpoint publish = getMockEndpoint("mock:publish");
        codex.expectedMessageCount(2);
        publish.expectedMessageCount(1);
        publish.whenAnyExchangeReceived(exchange -> {
            for (Object proposal : exchange.getMessage().getBody(List.class)) {
                state.apply(((Proposal) proposal).against(state));
            }
        });

        Account account = new Account();
        for (int look = 0; look < 2; look++) {
            template.request("seda:poll-usage", exchange -> exchange.setProperty("account", account));
        }

        MockEndpoint.assertIsSatisfied(context);
        CodexRequest request = codex.getExchanges().get(0).getMessage().getBody(CodexRequest.class);
        assertThat(request.line()).isEqualTo("GET /usage");
        assertThat(request.credentials()).isSameAs(account.credentials());
        assertThat(request.account()).isEqualTo("workspace/user");
        assertThat(publish.getExchanges().get(0).getProperty("account")).isSameAs(account);
        assertThat(state.events()).singleElement().satisfies(event -> {
            assertThat(event.type()).isEqualTo("usage.observed");
            assertThat(event.time()).isEqualTo(NOW);
            assertThat(event.data().at("/windows/0/window").asText()).isEqualTo("five_hour");
        });
    }

    @Test
    void whatIsKnownAlreadyGivesNoDecision() {
        UsagePoll sameLook = poll;
        List<Proposal> first = sameLook.compare(Replies.json(REPLY), "workspace/user", NOW);
        Decision decision = first.get(0).against(state);
        state.apply(decision);

        assertThat(sameLook.compare(Replies.json(REPLY), "workspace/user", NOW.plusSeconds(60)))
                .isEmpty();
        assertThat(first.get(0).against(state).isNothing()).isTrue();
    }

    /** Stands for the polled account: the route knows it by these two methods only. */
    public static final class Account {
        private final Credentials credentials = new NoCredentials();

        public Credentials credentials() {
            return credentials;
        }

        public String id() {
            return "workspace/user";
        }
    }

    private static final class NoCredentials implements Credentials {
        @Override
        public Identity identity() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Bearer bearer() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Bearer reread(Bearer refused) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Bearer renew(Bearer refused) {
            throw new UnsupportedOperationException();
        }
    }
}
