package dev.turnpike.codex;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * One page of a list. Items stay JSON and are decoded one by one, so that a bad item fails alone.
 *
 * @param items never null; a {@code null} among them is a {@code NullNode}
 * @param cursor asks for the next page, opaque; null on the last one
 */
public record Page(List<JsonNode> items, String cursor) {

    public Page {
        items = List.copyOf(items);
    }

    /**
     * Reads a page of {@code GET tasks/list}.
     *
     * @throws UpstreamException of kind {@code MALFORMED} when {@code items} is missing or no array
     */
    public static Page ofTasks(JsonNode reply) {
        JsonNode items = reply.get("items");
        if (items == null || !items.isArray()) {
            throw UpstreamException.malformed(
                    "the task list's \"items\" is " + Fields.kind(items) + ", an array is expected");
        }
        String next = token(reply.get("cursor"));
        // older descriptions of the API have the next page's token elsewhere
        return new Page(items.valueStream().toList(), next != null ? next : token(reply.get("next_page_token")));
    }

    private static String token(JsonNode value) {
        return value != null && value.isTextual() && !value.textValue().isEmpty() ? value.textValue() : null;
    }

    /**
     * Reads a page of threads, or of a thread's turns or items: all of them are {@code {data, nextCursor, backwardsCursor}}.
     * A bare array counts as a last page, since the live format is unknown.
     *
     * @param of what the page is of, for the message
     * @throws UpstreamException of kind {@code MALFORMED} when there is no array
     */
    public static Page ofThreads(JsonNode reply, String of, DriftObserver drift) {
        JsonNode data = reply.isArray() ? reply : reply.get("data");
        if (data == null || !data.isArray()) {
            throw UpstreamException.malformed(
                    "\"data\" of the page of " + of + " is " + Fields.kind(data) + ", an array is expected");
        }
        drift.fields(of + "-page", reply);
        return new Page(data.valueStream().toList(), new Fields(reply).text("nextCursor"));
    }
}
