package dev.turnpike.sinks.delivery;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.events.Event;
import dev.turnpike.events.Stream;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a sink out of service until the next start, and tells so in {@code codex.alerts}. */
public final class Disabling {
    private static final Logger log = LoggerFactory.getLogger(Disabling.class);

    private final String sink;
    private final AlertPublisher alerts;
    private final Runnable stopRoute;
    private final Clock clock;
    private volatile boolean disabled;

    /** @param stopRoute stops the sink's route; it must not wait for that, since the route is what calls it */
    public Disabling(String sink, AlertPublisher alerts, Runnable stopRoute, Clock clock) {
        this.sink = sink;
        this.alerts = alerts;
        this.stopRoute = stopRoute;
        this.clock = clock;
    }

    public boolean isDisabled() {
        return disabled;
    }

    /**
     * The alert first: where it cannot be published the sink stays in service, and comes back here.
     *
     * @param refused the event the receiver refused; it stays undelivered, and is tried after the next start
     */
    public void disable(DeliveredEvent refused, String reason) {
        alerts.publish(alert(refused, reason));
        disabled = true;
        log.error(
                "A sink is disabled until the next start sink={} account={} reason=\"{}\" event={}",
                sink,
                refused.account(),
                reason,
                refused.id());
        stopRoute.run();
    }

    private Event alert(DeliveredEvent refused, String reason) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("sink", sink).put("reason", reason).put("event_id", refused.id());
        data.put("observed_at", clock.instant().toString());
        data.putObject("account").put("id", refused.account());
        return Event.small(
                Stream.ALERTS,
                refused.account(),
                "sink.disabled",
                "sink.disabled:" + sink + ":" + refused.id(),
                refused.account(),
                null,
                clock.instant(),
                data);
    }
}
