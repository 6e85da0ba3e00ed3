package dev.turnpike.sinks.delivery;

import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/** One delivery attempt by a sink's route, which sends the body; its exception is the failure. */
public record RouteCall(ProducerTemplate template, String route) {

    /**
     * Runs the route with this body, and returns the body it ends with.
     *
     * @throws InterruptedException when the sink is stopping
     */
    public <T> T send(Object body, Class<T> answer) throws Exception {
        Exchange ended = template.send(
                "direct:" + route, exchange -> exchange.getMessage().setBody(body));
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedException("stopping");
        }
        Exception failure = ended.getException();
        if (failure != null) {
            throw failure;
        }
        return ended.getMessage().getBody(answer);
    }
}
