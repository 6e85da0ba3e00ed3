package dev.turnpike.usage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/** Writes values the way events have them: absent instead of null, whole percentages without a fraction. */
public final class EventFields {
    private final ObjectNode node;

    private EventFields(ObjectNode node) {
        this.node = node;
    }

    public static EventFields object() {
        return new EventFields(JsonNodeFactory.instance.objectNode());
    }

    public EventFields text(String name, String value) {
        if (value != null) {
            node.put(name, value);
        }
        return this;
    }

    public EventFields time(String name, Instant value) {
        return text(name, value == null ? null : value.toString());
    }

    public EventFields flag(String name, Boolean value) {
        if (value != null) {
            node.put(name, value);
        }
        return this;
    }

    public EventFields number(String name, Number value) {
        if (value == null) {
            return this;
        }
        double number = value.doubleValue();
        if (number == Math.rint(number) && Math.abs(number) < 1e15) {
            node.put(name, (long) number);
        } else {
            node.put(name, number);
        }
        return this;
    }

    public EventFields with(String name, EventFields value) {
        node.set(name, value.node);
        return this;
    }

    /** Without the object where it would be empty. */
    public EventFields withAny(String name, EventFields value) {
        return value.node.isEmpty() ? this : with(name, value);
    }

    /** A list that gets its elements later. */
    public ArrayNode list(String name) {
        return node.putArray(name);
    }

    public ObjectNode node() {
        return node;
    }
}
