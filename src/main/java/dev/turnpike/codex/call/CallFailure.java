package dev.turnpike.codex.call;

import dev.turnpike.codex.UpstreamException;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Processor;

/** Throws in place of what went wrong what it amounts to, and leaves the caller its request as the body. */
final class CallFailure implements Processor {
    private final UpstreamFailures failures;
    private final CallObserver observer;

    CallFailure(UpstreamFailures failures, CallObserver observer) {
        this.failures = failures;
        this.observer = observer;
    }

    @Override
    public void process(Exchange exchange) {
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
            observer.observed(EndpointTemplate.of(call.request().path()), outcome(failure), call.elapsed());
        }
        throw failure;
    }

    private static String outcome(RuntimeException failure) {
        return failure instanceof UpstreamException upstream ? upstream.kind().word() : "unauthorized";
    }
}
