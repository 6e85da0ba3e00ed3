package dev.turnpike.codex;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * One page of {@code GET tasks/list}. Items stay JSON and are decoded one by one, so that a bad item fails alone.
 *
 * @param items never null; a {@code null} among them is a {@code NullNode}
 * @param cursor asks for the next page, opaque; null on the last one
 */
public record TaskPage(List<JsonNode> items, String cursor) {

    public TaskPage {
        items = List.copyOf(items);
    }

    /**
     * Reads the page in a reply.
     *
     * @throws UpstreamException of kind {@code MALFORMED} when {@code items} is missing or no array
     */
    public static TaskPage of(JsonNode reply) {
        JsonNode items = reply.get("items");
        if (items == null || !items.isArray()) {
            throw UpstreamException.malformed(
                    "the task list's \"items\" is " + Fields.kind(items) + ", an array is expected");
        }
        String next = token(reply.get("cursor"));
        // older descriptions of the API have the next page's token elsewhere
        return new TaskPage(items.valueStream().toList(), next != null ? next : token(reply.get("next_page_token")));
    }

    private static String token(JsonNode value) {
        return value != null && value.isTextual() && !value.textValue().isEmpty() ? value.textValue() : null;
    }
}
