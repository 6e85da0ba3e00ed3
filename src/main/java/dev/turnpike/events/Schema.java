package dev.turnpike.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.turnpike.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * A place in the JSON Schemas that ship, with what it refers to. They are the contract with readers, and so they say
 * what an event cannot do without; as much of them is understood as that takes.
 */
final class Schema {

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

    /** Whether an object must have this property. */
    boolean requires(String property) {
        for (JsonNode required : node.path("required")) {
            if (required.textValue().equals(property)) {
                return true;
            }
        }
        return referred != null && referred.requires(property);
    }

    /** Whether an object may have this property, as far as is known. */
    boolean names(String property) {
        return node.path("properties").has(property) || (referred != null && referred.names(property));
    }

    /** What a property of an object must be like; anything where that is not reported. */
    Schema property(String property) {
        return referred != null && !node.path("properties").has(property)
                ? referred.property(property)
                : at(node.path("properties").path(property));
    }

    /** What the elements of a list must be like; anything where that is not reported. */
    Schema elements() {
        return referred != null && !node.has("items") ? referred.elements() : at(node.path("items"));
    }

    private Schema at(JsonNode place) {
        return new Schema(file, place.isObject() ? place : MissingNode.getInstance());
    }
}
