package dev.turnpike.usage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/** Writes values the way events have them: absent instead of null, whole percentages without a fraction. */
final class UsageData {
    private final ObjectNode node;

    private UsageData(ObjectNode node) {
        this.node = node;
    }

    static UsageData object() {
        return new UsageData(JsonNodeFactory.instance.objectNode());
    }

    /** Begins the data of every event about an account. */
    static UsageData of(UsageObservation seen) {
        UsageData data = object();
        data.with(
                "account",
                object().text("id", seen.account()).text("plan", seen.reply().plan()));
        return data.time("observed_at", seen.at());
    }

    UsageData text(String name, String value) {
        if (value != null) {
            node.put(name, value);
        }
        return this;
    }

    UsageData time(String name, Instant value) {
        return text(name, value == null ? null : value.toString());
    }

    UsageData flag(String name, Boolean value) {
        if (value != null) {
            node.put(name, value);
        }
        return this;
    }

    UsageData number(String name, Number value) {
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

    UsageData with(String name, UsageData value) {
        node.set(name, value.node);
        return this;
    }

    /** Without the object where it would be empty. */
    UsageData withAny(String name, UsageData value) {
        return value.node.isEmpty() ? this : with(name, value);
    }

    /** A list that gets its elements later. */
    ArrayNode list(String name) {
        return node.putArray(name);
    }

    ObjectNode node() {
        return node;
    }
}
