package dev.turnpike.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * What a schema's change would break. Readers rely on every field of an event, so none may go, change its type, become optional
 * or take values that it did not take before. Writers of commands rely on the opposite: what was accepted stays accepted.
 */
final class SchemaChanges {
    private static final Map<String, BiPredicate<Double, Double>> BOUNDS = Map.of(
            "minimum", (old, now) -> now >= old,
            "minLength", (old, now) -> now >= old,
            "minItems", (old, now) -> now >= old,
            "maximum", (old, now) -> now <= old,
            "maxLength", (old, now) -> now <= old,
            "maxItems", (old, now) -> now <= old);

    private final Map<String, JsonNode> stricter;
    private final Map<String, JsonNode> wider;
    private final List<String> broken = new ArrayList<>();
    private final Set<String> visiting = new HashSet<>();

    private SchemaChanges(Map<String, JsonNode> stricter, Map<String, JsonNode> wider) {
        this.stricter = stricter;
        this.wider = wider;
    }

    /** What breaks readers, by path; empty where nothing does. */
    static List<String> breaking(Map<String, JsonNode> released, Map<String, JsonNode> current) {
        List<String> all = new ArrayList<>();
        for (String type : released.keySet()) {
            if (!current.containsKey(type)) {
                all.add(type + ": the schema is gone");
                continue;
            }
            // whatever the one allows must be allowed by the other, and what it promises be promised
            boolean command = Contract.isCommand(type);
            SchemaChanges changes =
                    command ? new SchemaChanges(released, current) : new SchemaChanges(current, released);
            changes.compare(
                    type,
                    new Place(type, (command ? released : current).get(type)),
                    new Place(type, (command ? current : released).get(type)));
            all.addAll(changes.broken);
        }
        return all;
    }

    private record Place(String file, JsonNode schema) {}

    /** Every document that {@code strict} accepts must be one that {@code wide} accepts, with all of its fields. */
    private void compare(String path, Place strict, Place wide) {
        if (!visiting.add(path) || path.length() > 400) {
            return;
        }
        List<JsonNode> narrow = parts(strict, stricter);
        List<JsonNode> broad = parts(wide, wider);
        for (JsonNode part : broad) {
            values(path, narrow, part);
        }
        Map<String, Place> narrowFields = Fields.of(strict, stricter);
        Map<String, Place> broadFields = Fields.of(wide, wider);
        broadFields.forEach((name, field) -> {
            if (narrowFields.containsKey(name)) {
                compare(path + "." + name, narrowFields.get(name), field);
            } else if (!Contract.isCommand(rootOf(path))) {
                broken.add(path + "." + name + ": the field is gone");
            }
        });
        narrowFields.keySet().forEach(name -> {
            if (Contract.isCommand(rootOf(path)) && !broadFields.containsKey(name)) {
                broken.add(path + "." + name + ": the field is gone");
            }
        });
        Place items = Fields.items(strict, stricter);
        Place broadItems = Fields.items(wide, wider);
        if (items != null && broadItems != null) {
            compare(path + "[]", items, broadItems);
        }
    }

    private static String rootOf(String path) {
        int version = path.indexOf(".v1");
        return version < 0 ? path : path.substring(0, version + 3);
    }

    private void values(String path, List<JsonNode> narrow, JsonNode broad) {
        for (JsonNode required : broad.path("required")) {
            if (narrow.stream().noneMatch(part -> contains(part.path("required"), required))) {
                broken.add(path + "." + required.asText() + ": is no longer always there");
            }
        }
        if (broad.has("type")
                && narrow.stream().noneMatch(part -> part.path("type").equals(broad.get("type")))) {
            broken.add(path + ": its type was " + broad.get("type"));
        }
        if (broad.has("enum") && narrow.stream().noneMatch(part -> isSubset(part, broad.get("enum")))) {
            broken.add(path + ": has values outside of " + broad.get("enum"));
        }
        for (String same : List.of("const", "pattern", "format")) {
            if (broad.has(same)
                    && narrow.stream().noneMatch(part -> part.path(same).equals(broad.get(same)))) {
                broken.add(path + ": its " + same + " was " + broad.get(same));
            }
        }
        BOUNDS.forEach((bound, holds) -> {
            if (broad.has(bound)
                    && narrow.stream()
                            .filter(part -> part.has(bound))
                            .noneMatch(part -> holds.test(
                                    broad.get(bound).asDouble(), part.get(bound).asDouble()))) {
                broken.add(path + ": its " + bound + " was " + broad.get(bound));
            }
        });
    }

    private static boolean isSubset(JsonNode part, JsonNode values) {
        if (part.has("const")) {
            return contains(values, part.get("const"));
        }
        if (!part.has("enum")) {
            return false;
        }
        for (JsonNode value : part.get("enum")) {
            if (!contains(values, value)) {
                return false;
            }
        }
        return true;
    }

    private static boolean contains(JsonNode list, JsonNode value) {
        for (JsonNode each : list) {
            if (each.equals(value)) {
                return true;
            }
        }
        return false;
    }

    /** The schema itself and those that it refers to: all of them hold. */
    private static List<JsonNode> parts(Place place, Map<String, JsonNode> schemas) {
        List<JsonNode> parts = new ArrayList<>();
        for (Place each = place; each != null; each = Fields.target(each, schemas)) {
            parts.add(each.schema());
        }
        return parts;
    }

    /** Fields and items of a schema, through its references. */
    private static final class Fields {
        static Map<String, Place> of(Place place, Map<String, JsonNode> schemas) {
            Map<String, Place> fields = new LinkedHashMap<>();
            for (Place each = place; each != null; each = target(each, schemas)) {
                String file = each.file();
                each.schema()
                        .path("properties")
                        .properties()
                        .forEach(field -> fields.putIfAbsent(field.getKey(), new Place(file, field.getValue())));
            }
            return fields;
        }

        static Place items(Place place, Map<String, JsonNode> schemas) {
            for (Place each = place; each != null; each = target(each, schemas)) {
                if (each.schema().has("items")) {
                    return new Place(each.file(), each.schema().get("items"));
                }
            }
            return null;
        }

        static Place target(Place place, Map<String, JsonNode> schemas) {
            String reference = place.schema().path("$ref").asText("");
            if (reference.isEmpty()) {
                return null;
            }
            String[] where = reference.split("#", 2);
            String file = where[0].isEmpty() ? place.file() : where[0].replaceFirst("\\.json$", "");
            JsonNode found =
                    where.length < 2 ? schemas.get(file) : schemas.get(file).at(where[1]);
            return new Place(file, found);
        }
    }
}
