package dev.turnpike.sinks;

import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stops a route from outside of it. */
record RouteStop(CamelContext context, String route) implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(RouteStop.class);

    @Override
    public void run() {
        try {
            context.getRouteController().stopRoute(route);
        } catch (Exception e) {
            log.error("A disabled sink's route did not stop; it delivers nothing all the same sink={}", route, e);
        }
    }
}
