package dev.turnpike.scan;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.Replies;
import java.time.Instant;
import java.util.stream.Stream;

/** Replies of the Codex backend, as little of them as polling looks at. */
public final class UpstreamJson {
    /** First contact of the tests' account. */
    public static final Instant BASELINE = Instant.parse("2026-11-22T10:00:00Z");

    private UpstreamJson() {}

    /** So many seconds after first contact. */
    public static Instant at(long seconds) {
        return BASELINE.plusSeconds(seconds);
    }

    /** A task of the list: its latest turn, and when it was created and updated, in seconds after first contact. */
    public static String item(String task, String turn, String status, long created, long updated) {
        return """
                {"id":"%s","title":"Title of %s","created_at":%d,"updated_at":%d,"archived":false,
                 "has_unread_turn":false,"pull_requests":[],
                 "task_status_display":{"environment_label":"acme/widgets","branch_name":"main",
                  "latest_turn_status_display":{"turn_id":"%s","turn_status":"%s","diff_stats":null,
                   "sibling_turn_ids":null}}}""".formatted(
                        task, task, at(created).getEpochSecond(), at(updated).getEpochSecond(), turn, status);
    }

    /** The same for a best-of-N request, with the other attempts at it. */
    public static String item(String task, String turn, String status, long created, long updated, String... siblings) {
        return item(task, turn, status, created, updated)
                .replace("\"sibling_turn_ids\":null", "\"sibling_turn_ids\":" + array(siblings));
    }

    /** What the endpoint of the other attempts says. */
    public static String siblings(String... turns) {
        return "{\"sibling_turns\":[%s]}".formatted(String.join(",", turns));
    }

    /** JSON of these ids. */
    public static String array(String... ids) {
        return Stream.of(ids).map(id -> "\"" + id + "\"").collect(joining(",", "[", "]"));
    }

    public static String page(String cursor, String... items) {
        return "{\"items\":[%s],\"cursor\":%s}"
                .formatted(String.join(",", items), cursor == null ? "null" : "\"" + cursor + "\"");
    }

    public static JsonNode json(String text) {
        return Replies.json(text);
    }

    public static String details(String task, String turn, String status, String text, long created) {
        return """
                {"task":{"id":"%s","title":"Title of %s","created_at":%d,"archived":false,
                  "task_status_display":{"latest_turn_status_display":{"turn_id":"%s","turn_status":"%s"}}},
                 "current_user_turn":{"id":"%s-request","type":"user","input_items":[{"type":"message","role":"user",
                  "content":[{"content_type":"text","text":"Please"}]}]},
                 "current_assistant_turn":%s}""".formatted(
                task, task, at(created).getEpochSecond(), turn, status, turn, turn(turn, status, text, created, null));
    }

    /** An assistant's turn, which answers the request named after it. */
    public static String turn(String turn, String status, String text, long created, String siblings) {
        return """
                {"id":"%s","type":"assistant","turn_status":"%s","created_at":%d,"previous_turn_id":"%s-request",
                 "sibling_turn_ids":%s,
                 "output_items":[{"type":"message","role":"assistant","content":[{"content_type":"text","text":"%s"}]}]}""".formatted(turn, status, at(created).getEpochSecond(), turn, siblings, text);
    }

    /** A user's turn, the request that the assistant's turn of that name answers. */
    public static String request(String turn, String previous, long created) {
        return """
                {"id":"%s-request","type":"user","created_at":%d,"previous_turn_id":%s,
                 "input_items":[{"type":"message","role":"user","content":[{"content_type":"text","text":"Please"}]}]}""".formatted(turn, at(created).getEpochSecond(), previous == null ? "null" : "\"" + previous + "\"");
    }

    /** The mapping of a task's turns. */
    public static String mapping(String... turns) {
        return "{\"turn_mapping\":{%s}}"
                .formatted(Stream.of(turns)
                        .map(turn -> "%s:{\"turn\":%s}".formatted(json(turn).get("id"), turn))
                        .collect(joining(",")));
    }
}
