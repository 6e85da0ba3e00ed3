package dev.turnpike.sandbox.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.turnpike.sandbox.http.SandboxJson;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** Spoils a page of the list in its content. */
final class FaultyPages {
    private FaultyPages() {}

    static Optional<ObjectNode> spoil(Fault fault, ObjectNode page, String cursor, SplittableRandom random) {
        boolean threads = page.has("data");
        if (!(page.path(threads ? "data" : "items") instanceof ArrayNode items)) {
            return Optional.empty();
        }
        switch (fault) {
            case REPEATED_CURSOR -> {
                if (cursor == null) {
                    return Optional.empty();
                }
                page.put(threads ? "nextCursor" : "cursor", cursor);
            }
            case MALFORMED_ITEM -> items.insert(random.nextInt(items.size() + 1), noTask(items, random));
            case PAGE_WITHOUT_ITEMS -> page.remove(List.of("items", "data"));
            default -> {
                if (items.size() < 2) {
                    return Optional.empty();
                }
                change(fault, items, random);
            }
        }
        return Optional.of(page);
    }

    private static void change(Fault fault, ArrayNode items, SplittableRandom random) {
        ObjectNode item = (ObjectNode) items.get(random.nextInt(items.size()));
        switch (fault) {
            case DAMAGED_ITEM -> {
                switch (random.nextInt(3)) {
                    case 0 -> item.remove("id");
                    case 1 -> item.put("id", 17);
                    default -> items.set(random.nextInt(items.size()), NullNode.getInstance());
                }
            }
            case UNKNOWN_STATUS ->
                ((ObjectNode) item.path("task_status_display").path("latest_turn_status_display"))
                        .put("turn_status", "queued");
            case SHUFFLED_PAGE -> items.insert(items.size() - 1, items.remove(0));
            case PAGE_WITHOUT_TIMES ->
                items.forEach(each ->
                        ((ObjectNode) each).remove(List.of("updated_at", "created_at", "updatedAt", "createdAt")));
            default -> throw new IllegalArgumentException(fault + " is no fault of a page");
        }
    }

    /** Something that is no task: each in its own way. */
    private static JsonNode noTask(ArrayNode items, SplittableRandom random) {
        ObjectNode like = items.isEmpty()
                ? SandboxJson.object().put("title", "a task")
                : items.get(random.nextInt(items.size())).deepCopy();
        return switch (random.nextInt(8)) {
            case 0 -> NullNode.getInstance();
            case 1 -> IntNode.valueOf(42);
            case 2 -> TextNode.valueOf("task_e_ffffffffffffffffffffffffffffffff");
            case 3 -> SandboxJson.array().add(1);
            case 4 -> like.without("id");
            case 5 -> like.put("id", 17);
            case 6 -> like.putNull("id").put("updated_at", "yesterday");
            default -> SandboxJson.object();
        };
    }
}
