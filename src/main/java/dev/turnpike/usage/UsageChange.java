package dev.turnpike.usage;

import dev.turnpike.events.Event;
import java.util.List;

/**
 * The result of one poll of an account's usage.
 *
 * @param next what is known afterwards
 * @param events what is to be reported, in this order
 */
public record UsageChange(UsageKnown next, List<Event> events) {
    public UsageChange {
        events = List.copyOf(events);
    }
}
