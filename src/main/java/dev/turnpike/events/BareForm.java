package dev.turnpike.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * Reduces an event's data to the fields that its schema requires, numbers, flags and short texts, a few kilobytes at
 * most, for topics with a very small record limit. Texts that the schema allows to truncate are truncated and marked
 * so, and required lists keep their first elements.
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

    /** Marks a truncated text where the schema has a field for that; returns whether it did. */
    private boolean mark(String name, boolean cut) {
        String mark = name + "_truncated";
        boolean marks = cut && schema.names(mark);
        if (marks) {
            bare.put(mark, true);
        }
        return marks;
    }

    /** A node of the shipped JSON Schemas, with references resolved. Only the keywords needed here are supported. */
    static final class Schema {

        private final String file;
        private final JsonNode node;
        private final Schema referred;

        private Schema(String file, JsonNode node) {
            this.file = file;
            this.node = node;
            this.referred = node.has("$ref") ? refer(node.get("$ref").textValue()) : null;
        }

        /** The schema of an event's data, by its type without prefix and version. */
        static Schema of(String type) {
            String file = type + EventRecords.VERSION + ".json";
            return new Schema(file, read(file));
        }

        private Schema refer(String reference) {
            String[] parts = reference.split("#", 2);
            String target = parts[0].isEmpty() ? file : parts[0];
            return new Schema(
                    target, parts.length == 1 ? read(target) : read(target).at(parts[1]));
        }

        private static JsonNode read(String file) {
            try (InputStream schema = Schema.class.getResourceAsStream("/schemas/" + file)) {
                if (schema == null) {
                    throw new IllegalStateException("Every type of event has a schema, there is none in " + file);
                }
                return Json.MAPPER.readTree(schema);
            } catch (IOException e) {
                throw new UncheckedIOException("The schema " + file + " cannot be read", e);
            }
        }

        boolean requires(String property) {
            for (JsonNode required : node.path("required")) {
                if (required.textValue().equals(property)) {
                    return true;
                }
            }
            return referred != null && referred.requires(property);
        }

        /** Whether the schema declares this property. */
        boolean names(String property) {
            return node.path("properties").has(property) || (referred != null && referred.names(property));
        }

        /** The schema of an object's property; one that allows anything where none is given. */
        Schema property(String property) {
            return referred != null && !node.path("properties").has(property)
                    ? referred.property(property)
                    : at(node.path("properties").path(property));
        }

        /** The schema of a list's elements; one that allows anything where none is given. */
        Schema elements() {
            return referred != null && !node.has("items") ? referred.elements() : at(node.path("items"));
        }

        private Schema at(JsonNode place) {
            return new Schema(file, place.isObject() ? place : MissingNode.getInstance());
        }
    }
}
