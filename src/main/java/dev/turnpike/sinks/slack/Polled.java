package dev.turnpike.sinks.slack;

import dev.turnpike.sinks.delivery.DeliveredEvent;
import dev.turnpike.sinks.delivery.HandCommit;
import dev.turnpike.sinks.delivery.SinkRecord;

/**
 * A record of a burst.
 *
 * @param event null where it is not to be posted
 */
record Polled(SinkRecord record, HandCommit commit, DeliveredEvent event) {}
