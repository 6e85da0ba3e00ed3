package dev.turnpike.sinks.slack;

import dev.turnpike.sinks.delivery.DeliveredEvent;
import dev.turnpike.sinks.delivery.Origin;
import java.util.List;

/**
 * One or, as a digest, several events that are told together.
 *
 * @param events at least one
 * @param settles the records that are done with once this is posted: those of the events, and the unwanted ones before
 */
record Post(List<DeliveredEvent> events, List<Polled> settles) {

    /** Under which its tries are counted. */
    Origin origin() {
        return events.get(0).record().origin();
    }

    boolean isDigest() {
        return events.size() > 1;
    }
}
