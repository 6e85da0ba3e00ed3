package dev.turnpike.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Compares the shape of a reply with a sample's: same keys, same types, item by item. */
final class Shape {
    /** Objects whose keys are data. */
    private static final Set<String> MAPS = Set.of("turn_mapping", "repo_map", "env_vars", "secrets");
    /** Keys that real replies have and the samples leave out. */
    private static final Set<String> KNOWN_EXTRAS = Set.of("user.email");

    private final List<String> differences = new ArrayList<>();
    private final boolean moreAllowed;

    private Shape(boolean moreAllowed) {
        this.moreAllowed = moreAllowed;
    }

    /** What is different, one line each; empty when the shapes are the same. */
    static List<String> differences(JsonNode sample, JsonNode reply) {
        Shape shape = new Shape(false);
        shape.compare("", sample, reply);
        return shape.differences;
    }

    /** What the reply lacks, where the sample is known to be cut down. */
    static List<String> lacks(JsonNode sample, JsonNode reply) {
        Shape shape = new Shape(true);
        shape.compare("", sample, reply);
        return shape.differences;
    }

    private void compare(String path, JsonNode sample, JsonNode reply) {
        if (sample.isNull()) {
            return;
        }
        if (sample.getNodeType() != reply.getNodeType()) {
            differences.add(path + ": " + sample.getNodeType() + " in the sample, " + reply.getNodeType() + " here");
        } else if (sample.isObject()) {
            objects(path, sample, reply);
        } else if (sample.isArray() && !sample.isEmpty()) {
            for (int index = 0; index < reply.size(); index++) {
                oneOf(path + "[" + index + "]", sample, reply.get(index));
            }
        }
    }

    /** A value is right when it is like one of the samples; if it is not, the last one says why. */
    private void oneOf(String path, Iterable<JsonNode> samples, JsonNode reply) {
        List<String> least = List.of();
        for (JsonNode sample : samples) {
            if (!sameKind(sample, reply)) {
                continue;
            }
            Shape shape = new Shape(moreAllowed);
            shape.compare(path, sample, reply);
            least = shape.differences;
            if (least.isEmpty()) {
                return;
            }
        }
        differences.addAll(least);
    }

    private void objects(String path, JsonNode sample, JsonNode reply) {
        String name = path.substring(path.lastIndexOf('.') + 1);
        if (MAPS.contains(name)) {
            if (!sample.isEmpty()) {
                reply.forEach(value -> oneOf(path + ".*", sample, value));
            }
            return;
        }
        Set<String> keys = new TreeSet<>();
        sample.fieldNames().forEachRemaining(keys::add);
        for (String key : keys) {
            if (reply.has(key)) {
                compare(path + "." + key, sample.get(key), reply.get(key));
            } else {
                differences.add(path + "." + key + ": missing");
            }
        }
        reply.fieldNames().forEachRemaining(key -> {
            if (!moreAllowed && !keys.contains(key) && !KNOWN_EXTRAS.contains(name + "." + key)) {
                differences.add(path + "." + key + ": not in the sample");
            }
        });
    }

    private static boolean sameKind(JsonNode sample, JsonNode reply) {
        return sample.path("type").equals(reply.path("type"))
                && sample.path("content_type").equals(reply.path("content_type"))
                && sample.at("/turn/type").equals(reply.at("/turn/type"));
    }
}
