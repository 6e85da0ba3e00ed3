package dev.turnpike.codex;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * One page of threads, of turns or of items: all of them are {@code {data, nextCursor, backwardsCursor}}. A bare array
 * counts as a last page, since the live format is unknown. The elements stay JSON and are decoded one by one, so that a
 * bad one fails alone.
 *
 * @param cursor asks for the next page, opaque; null on the last one
 */
public record ThreadPage(List<JsonNode> data, String cursor) {

    public ThreadPage {
        data = List.copyOf(data);
    }

    /**
     * Reads the page in a reply.
     *
     * @param of what the page is of, for the message
     * @throws UpstreamException of kind {@code MALFORMED} when there is no array
     */
    public static ThreadPage of(JsonNode reply, String of, DriftObserver drift) {
        JsonNode data = reply.isArray() ? reply : reply.get("data");
        if (data == null || !data.isArray()) {
            throw UpstreamException.malformed(
                    "\"data\" of the page of " + of + " is " + Fields.kind(data) + ", an array is expected");
        }
        drift.fields(of + "-page", reply);
        return new ThreadPage(data.valueStream().toList(), new Fields(reply).text("nextCursor"));
    }
}
