package dev.turnpike.codex.call;

import dev.turnpike.codex.CodexRequest;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Processor;

/** Opens a call for the request in the body; kept there, it outlives the attempts. */
final class CallBegin implements Processor {

    @Override
    public void process(Exchange exchange) throws InvalidPayloadException {
        exchange.getMessage().setBody(new Call(exchange.getMessage().getMandatoryBody(CodexRequest.class)));
    }
}
