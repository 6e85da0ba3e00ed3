package dev.turnpike.commands;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.call.UpstreamFailures;
import dev.turnpike.json.Json;
import java.io.IOException;
import java.time.Instant;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.ProducerTemplate;

/** Calls upstream through {@code direct:codex}. */
public final class RouteCalls implements CodexCalls {

    private final ProducerTemplate template;
    private final UpstreamFailures failures;

    public RouteCalls(ProducerTemplate template, UpstreamFailures failures) {
        this.template = template;
        this.failures = failures;
    }

    @Override
    public Reply call(CodexRequest request) {
        Exchange exchange = template.send(
                "direct:codex",
                ExchangePattern.InOut,
                outgoing -> outgoing.getMessage().setBody(request));
        if (exchange.getException() != null) {
            throw failures.classify(exchange.getException(), request);
        }
        try {
            JsonNode json = Json.MAPPER.readTree(exchange.getMessage().getBody(byte[].class));
            return new Reply(json, exchange.getProperty("codexDate", Instant.class));
        } catch (IOException e) {
            throw failures.classify(e, request);
        }
    }
}
