package dev.turnpike.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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

    private final JsonNode schema;
    private final ObjectNode bare = JsonNodeFactory.instance.objectNode();

    private BareForm(JsonNode schema) {
        this.schema = schema;
    }

    /** The bare form of the data of an event of this type. */
    static ObjectNode of(String type, ObjectNode data) {
        return of(schema(type), data);
    }

    private static ObjectNode of(JsonNode schema, ObjectNode data) {
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
            ObjectNode inner = of(property(name), object);
            if (requires(name) || !inner.isEmpty()) {
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
        } else if (!bounded.truncated() || requires(name)) {
            bare.put(name, text);
        }
    }

    private void list(String name, ArrayNode list) {
        int kept = requires(name) ? Math.min(list.size(), ELEMENTS) : 0;
        if (kept > 0 || list.isEmpty()) {
            ArrayNode first = bare.putArray(name);
            JsonNode elements = property(name).path("items");
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
        boolean marks = cut && schema.path("properties").has(mark);
        if (marks) {
            bare.put(mark, true);
        }
        return marks;
    }

    /** The schema of a property, missing where none is given: it allows anything. */
    private JsonNode property(String name) {
        return schema.path("properties").path(name);
    }

    private boolean requires(String name) {
        for (JsonNode required : schema.path("required")) {
            if (required.textValue().equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** The shipped JSON Schema of a type of event; only the keywords needed here are supported. */
    private static JsonNode schema(String type) {
        String file = type + EventRecords.VERSION + ".json";
        return resolved(file, read(file));
    }

    /** The schema with what its references declare, all the way down. */
    private static JsonNode resolved(String file, JsonNode schema) {
        ObjectNode all = JsonNodeFactory.instance.objectNode();
        ArrayNode required = all.putArray("required");
        ObjectNode properties = all.putObject("properties");
        if (schema.has("$ref")) {
            String[] parts = schema.get("$ref").textValue().split("#", 2);
            String target = parts[0].isEmpty() ? file : parts[0];
            JsonNode referred = resolved(target, read(target).at(parts.length == 1 ? "" : parts[1]));
            required.addAll((ArrayNode) referred.get("required"));
            properties.setAll((ObjectNode) referred.get("properties"));
            all.set("items", referred.get("items"));
        }
        schema.path("required").forEach(required::add);
        schema.path("properties")
                .properties()
                .forEach(property -> properties.set(property.getKey(), resolved(file, property.getValue())));
        if (schema.has("items")) {
            all.set("items", resolved(file, schema.get("items")));
        }
        return all;
    }

    private static JsonNode read(String file) {
        try (InputStream schema = BareForm.class.getResourceAsStream("/schemas/" + file)) {
            if (schema == null) {
                throw new IllegalStateException("Every type of event has a schema, there is none in " + file);
            }
            return Json.MAPPER.readTree(schema);
        } catch (IOException e) {
            throw new UncheckedIOException("The schema " + file + " cannot be read", e);
        }
    }
}
