package dev.turnpike.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The least of an event's data that still says what happened: what its schema requires, numbers and flags, and texts
 * that are short. What the schema lets be cut is cut and marked so, and of a list that is required the first elements
 * stay. For topics that take next to nothing: an event in this form is a few kilobytes at most.
 */
final class BareForm {
    private static final int TEXT_BYTES = 128;
    private static final int ELEMENTS = 4;

    private final Schema schema;
    private final ObjectNode bare = JsonNodeFactory.instance.objectNode();

    private BareForm(Schema schema) {
        this.schema = schema;
    }

    /** The bare form of the data of an event of this type. */
    static ObjectNode of(String type, ObjectNode data) {
        return of(Schema.of(type), data);
    }

    private static ObjectNode of(Schema schema, ObjectNode data) {
        BareForm form = new BareForm(schema);
        data.properties().forEach(field -> form.put(field.getKey(), field.getValue()));
        return form.bare;
    }

    private void put(String name, JsonNode value) {
        if (value.isTextual()) {
            text(name, value.textValue());
        } else if (value instanceof ArrayNode list) {
            list(name, list);
        } else if (value instanceof ObjectNode object) {
            ObjectNode inner = of(schema.property(name), object);
            if (schema.requires(name) || !inner.isEmpty()) {
                bare.set(name, inner);
            }
        } else {
            bare.set(name, value);
        }
    }

    private void text(String name, String text) {
        Bounded bounded = Bounded.of(text, TEXT_BYTES);
        if (mark(name, bounded.truncated())) {
            bare.put(name, bounded.text());
        } else if (!bounded.truncated() || schema.requires(name)) {
            bare.put(name, text);
        }
    }

    private void list(String name, ArrayNode list) {
        int kept = schema.requires(name) ? Math.min(list.size(), ELEMENTS) : 0;
        if (kept > 0 || list.isEmpty()) {
            ArrayNode first = bare.putArray(name);
            Schema elements = schema.property(name).elements();
            for (int i = 0; i < kept; i++) {
                JsonNode element = list.get(i);
                first.add(element instanceof ObjectNode object ? of(elements, object) : element);
            }
        }
        mark(name, kept < list.size());
    }

    /** Marks what is cut, where the schema has a mark for it; says whether it did. */
    private boolean mark(String name, boolean cut) {
        String mark = name + "_truncated";
        boolean marks = cut && schema.names(mark);
        if (marks) {
            bare.put(mark, true);
        }
        return marks;
    }
}
