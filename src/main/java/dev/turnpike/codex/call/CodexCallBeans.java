package dev.turnpike.codex.call;

import com.fasterxml.jackson.databind.DeserializationFeature;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.http.BoundedHttp;
import dev.turnpike.json.Json;
import java.time.Clock;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.spi.Registry;

/** The beans that routes/codex.camel.yaml names, bound together so that none is forgotten. */
public final class CodexCallBeans {
    private CodexCallBeans() {}

    /**
     * Binds {@code codexBegin}, {@code codexHeaders}, {@code codexReply}, {@code codexDone}, {@code codexFailure}, {@code codexHttp},
     * {@code threadsHttp} and {@code codexJson}, which reads any reply that the limits let
     * through.
     */
    public static void bind(
            Registry registry,
            CodexBase base,
            ThreadsBase threads,
            BoundedHttp http,
            CallObserver observer,
            Clock clock) {
        UpstreamFailures failures = new UpstreamFailures(clock);
        registry.bind("codexHttp", http);
        registry.bind("threadsHttp", ThreadsBase.client(http));
        registry.bind(
                "codexJson",
                Json.builder()
                        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                        .build());
        registry.bind("codexBegin", (Processor) CodexCallBeans::begin);
        registry.bind("codexHeaders", new CallHeaders(base, threads));
        registry.bind("codexReply", new CallReply());
        registry.bind("codexDone", (Processor) exchange -> {
            Call call = (Call) exchange.removeProperty(Call.PROPERTY);
            observer.observed(call.endpoint(), "ok", call.elapsed());
        });
        registry.bind("codexFailure", (Processor) exchange -> {
            throw failure(exchange, failures, observer);
        });
    }

    /** Opens a call for the request in the body; kept there, it outlives the attempts. The caller's headers end here. */
    private static void begin(Exchange exchange) throws InvalidPayloadException {
        Message message = exchange.getMessage();
        message.setBody(new Call(message.getMandatoryBody(CodexRequest.class)));
        message.removeHeaders("*");
    }

    /** What it amounts to, to be thrown in place of what went wrong; the caller gets its request back as the body. */
    private static RuntimeException failure(Exchange exchange, UpstreamFailures failures, CallObserver observer) {
        Call call = (Call) exchange.removeProperty(Call.PROPERTY);
        RuntimeException failure =
                failures.classify(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class), call.request());
        exchange.removeProperty(ExchangePropertyKey.CHARSET_NAME);
        exchange.getMessage().removeHeaders("*", Call.REDELIVERY_HEADERS);
        exchange.getMessage().setBody(call.request());
        if (failure instanceof UnauthorizedException) {
            call.refused();
        }
        if (call.started()) {
            String outcome = failure instanceof UpstreamException upstream
                    ? upstream.kind().label()
                    : "unauthorized";
            observer.observed(call.endpoint(), outcome, call.elapsed());
        }
        return failure;
    }
}
