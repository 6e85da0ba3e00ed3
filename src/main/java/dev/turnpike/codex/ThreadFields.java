package dev.turnpike.codex;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** Lists the fields of a reply about threads without their values, which a user may share in a bug report. */
public final class ThreadFields {
    private static final int MOST = 40;

    private ThreadFields() {}

    /** The fields of a page of threads, and of the first thread in it. */
    public static List<String> ofThreads(JsonNode reply) {
        return of(reply, "thread", DriftObserver.known("thread"));
    }

    /** The fields of a page of turns, and of the first turn in it. */
    public static List<String> ofTurns(JsonNode reply) {
        return of(reply, "turn", DriftObserver.known("thread-turn"));
    }

    /** The id of the first element, null when there is none. */
    public static String firstId(JsonNode reply) {
        return new Fields(first(reply)).id("id");
    }

    private static List<String> of(JsonNode reply, String of, Set<String> known) {
        List<String> lines = new ArrayList<>();
        lines.add("reply: " + (reply.isArray() ? "a bare array" : line(reply, DriftObserver.known("threads-page"))));
        JsonNode first = first(reply);
        lines.add(first == null ? of + ": none in the reply" : of + ": " + line(first, known));
        return lines;
    }

    private static JsonNode first(JsonNode reply) {
        JsonNode data = reply.isArray() ? reply : reply.path("data");
        return data.isEmpty() ? null : data.get(0);
    }

    private static String line(JsonNode object, Set<String> known) {
        List<String> names = new ArrayList<>();
        List<String> absent = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        for (Iterator<String> fields = object.fieldNames(); fields.hasNext(); ) {
            String name = fields.next();
            List<String> list =
                    !known.contains(name) ? unknown : object.get(name).isNull() ? absent : names;
            if (list.size() < MOST) {
                list.add(DriftObserver.bounded(name));
            }
        }
        return Fields.kind(object) + "; known fields: " + words(names) + "; known and null: " + words(absent)
                + "; unknown fields: " + words(unknown);
    }

    private static String words(List<String> names) {
        return names.isEmpty()
                ? "none"
                : String.join(", ", names.stream().sorted().toList());
    }
}
