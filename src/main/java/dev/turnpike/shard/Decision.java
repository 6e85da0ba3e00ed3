package dev.turnpike.shard;

import dev.turnpike.events.Event;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The contribution of one proposal to a transaction: events to publish and records of the known state to write.
 *
 * @param events in the order in which they are to be read
 * @param state new records by key, each of the type of its key; a {@code null} value deletes the record
 */
public record Decision(List<Event> events, Map<StateKey<?>, Record> state) {

    public static final Decision NOTHING = new Decision(List.of(), Map.of());

    /** Events and one record; null deletes it. */
    public static <T extends Record> Decision of(List<Event> events, StateKey<T> key, T value) {
        return new Decision(events, Collections.singletonMap(key, value));
    }

    /** Events and the record where it differs; null ends it. */
    public static <T extends Record> Decision change(StateKey<T> key, T known, T next, List<Event> events) {
        return events.isEmpty() && Objects.equals(known, next) ? NOTHING : of(events, key, next);
    }

    public boolean isNothing() {
        return events.isEmpty() && state.isEmpty();
    }
}
