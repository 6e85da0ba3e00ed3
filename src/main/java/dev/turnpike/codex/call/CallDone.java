package dev.turnpike.codex.call;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Reports a request whose reply was read, and forgets the call. */
final class CallDone implements Processor {
    private final CallObserver observer;

    CallDone(CallObserver observer) {
        this.observer = observer;
    }

    @Override
    public void process(Exchange exchange) {
        Call call = (Call) exchange.removeProperty(Call.PROPERTY);
        observer.observed(EndpointTemplate.of(call.request().path()), "ok", call.elapsed());
    }
}
