package dev.turnpike.codex;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One page of {@code GET tasks/list}. The items stay JSON, since each is decoded alone: one bad item must fail alone.
 *
 * @param items never null; a {@code null} among them is a {@code NullNode}
 * @param cursor asks for the next page, opaque; null on the last one
 * @param unknownFields names of the top-level fields we do not know
 */
public record TaskPage(List<JsonNode> items, String cursor, Set<String> unknownFields) {

    public TaskPage {
        items = List.copyOf(items);
        unknownFields = Set.copyOf(unknownFields);
    }

    /**
     * The page as Jackson binds it.
     *
     * @param cursor where the service of today puts the next page's token
     * @param nextPageToken where older notes say that it was, taken when there is no cursor
     * @throws IllegalArgumentException when {@code items} is missing or no array; Jackson wraps it in a
     *     {@code ValueInstantiationException}, a {@code JsonProcessingException} like that of any other malformed reply
     */
    @JsonCreator
    static TaskPage of(
            @JsonProperty("items") JsonNode items,
            @JsonProperty("cursor") JsonNode cursor,
            @JsonProperty("next_page_token") JsonNode nextPageToken,
            @JsonAnySetter Map<String, JsonNode> others) {
        if (items == null || !items.isArray()) {
            throw new IllegalArgumentException(
                    "the task list's \"items\" is " + Fields.kind(items) + ", an array is expected");
        }
        List<JsonNode> elements = new ArrayList<>(items.size());
        items.forEach(elements::add);
        String next = token(cursor);
        return new TaskPage(
                elements, next != null ? next : token(nextPageToken), others == null ? Set.of() : others.keySet());
    }

    private static String token(JsonNode value) {
        return value != null && value.isTextual() && !value.textValue().isEmpty() ? value.textValue() : null;
    }
}
