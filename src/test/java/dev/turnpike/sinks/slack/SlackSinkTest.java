package dev.turnpike.sinks.slack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.turnpike.MovableClock;
import dev.turnpike.sinks.TestSinks;
import dev.turnpike.sinks.delivery.RouteCall;
import dev.turnpike.sinks.delivery.SinkEvent;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The pause between two messages of a channel. */
@Timeout(60)
class SlackSinkTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    @Test
    void aClockThatIsSetBackDelaysNoMessageForSoLong() throws Exception {
        MovableClock clock = new MovableClock(NOW);
        AtomicInteger sent = new AtomicInteger();
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:slack-dev").process(exchange -> {
                        sent.incrementAndGet();
                        exchange.getMessage().setBody(JsonNodeFactory.instance.objectNode());
                    });
                }
            });
            camel.start();
            SlackSink slack = new SlackSink(
                    TestSinks.hook("dev", URI.create("http://127.0.0.1:1/hook"), Duration.ofMillis(10)),
                    new RouteCall(camel.createProducerTemplate(), "slack-dev"),
                    null,
                    clock);
            slack.deliver(List.of(event()));
            clock.move(Duration.ofHours(-1));
            slack.deliver(List.of(event()));
        }
        assertThat(sent).hasValue(2);
    }

    private static SinkEvent event() {
        return new SinkEvent(
                null,
                "a1",
                "/codex/accounts/acc-1",
                "dev.turnpike.codex.auth.required.v1",
                null,
                NOW,
                JsonNodeFactory.instance.objectNode());
    }
}
