package dev.turnpike.sinks.delivery;

import java.util.List;

/**
 * What is handed to a receiver in one delivery: one event, or several as a digest.
 *
 * @param overdue to be dead-lettered without another try
 */
record Parcel(List<Entry> entries, boolean overdue) {

    List<DeliveredEvent> events() {
        return entries.stream().map(entry -> entry.event).toList();
    }
}
