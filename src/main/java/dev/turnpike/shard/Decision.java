package dev.turnpike.shard;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.events.Event;
import java.util.List;
import java.util.Map;

/**
 * What one proposal adds to a transaction: events to publish and records of the known state to write.
 *
 * @param events in the order in which they are to be read
 * @param state new records by key; a {@code null} value deletes the record
 */
public record Decision(List<Event> events, Map<String, JsonNode> state) {

    public static final Decision NOTHING = new Decision(List.of(), Map.of());

    public boolean isNothing() {
        return events.isEmpty() && state.isEmpty();
    }
}
