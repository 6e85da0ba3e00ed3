package dev.turnpike.codex.call;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import java.time.Instant;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;

/** Calls Codex through {@code direct:codex}; may be used by several threads at once. */
public final class RouteCodexClient implements CodexClient {
    private static final String ROUTE = "direct:codex";

    private final ProducerTemplate template;
    private final UpstreamFailures failures;

    public RouteCodexClient(CamelContext context, UpstreamFailures failures) {
        this.template = context.createProducerTemplate();
        this.failures = failures;
    }

    @Override
    public Reply call(CodexRequest request) {
        Exchange exchange = template.send(
                ROUTE, ExchangePattern.InOut, outgoing -> outgoing.getMessage().setBody(request));
        if (exchange.getException() != null) {
            throw failures.classify(exchange.getException(), request);
        }
        return new Reply(
                exchange.getMessage().getBody(JsonNode.class),
                exchange.getProperty(CodexCallBeans.DATE_PROPERTY, Instant.class));
    }
}
