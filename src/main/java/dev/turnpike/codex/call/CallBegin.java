package dev.turnpike.codex.call;

import dev.turnpike.codex.CodexRequest;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.Processor;

/** Opens a call for the request in the body; kept there, it outlives the attempts. The caller's headers end here. */
final class CallBegin implements Processor {

    @Override
    public void process(Exchange exchange) throws InvalidPayloadException {
        Message message = exchange.getMessage();
        message.setBody(new Call(message.getMandatoryBody(CodexRequest.class)));
        message.removeHeaders("*");
    }
}
