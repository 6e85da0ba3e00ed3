package dev.turnpike.sinks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.events.EventRecords;
import dev.turnpike.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Formats an event as a few lines of text, for chats without a sink of their own: bean {@code chatText} in routes. */
public final class ChatText {
    private static final Pattern MARKS = Pattern.compile("[\\\\`*_\\[\\](){}<>#|~]");
    private static final List<String> NAMES = List.of("environment", "repository", "branch");

    /**
     * Formats an event: title, repository, size of the change, and link.
     *
     * @param data the record's value
     * @param type the record's {@code ce_type}
     * @param max characters of the whole, at least 1
     * @throws JsonProcessingException when the value is no JSON
     */
    public String of(String data, String type, int max) throws JsonProcessingException {
        return text(data, type, max, UnaryOperator.identity());
    }

    /**
     * The same for chats with Markdown: no text of a task becomes a link, a mention or a format.
     *
     * @throws JsonProcessingException when the value is no JSON
     */
    public String markdown(String data, String type, int max) throws JsonProcessingException {
        return text(
                data,
                type,
                max,
                words -> MARKS.matcher(words).replaceAll("\\\\$0").replace("://", ":\u200b//"));
    }

    private static String text(String data, String type, int max, UnaryOperator<String> escape)
            throws JsonProcessingException {
        JsonNode event = Json.MAPPER.readTree(data);
        String link = event.path("url").asText("");
        String words = escape.apply(words(event, type)).strip();
        // a link that leaves no room for words is left out: cut, it would lead elsewhere
        return link.isEmpty() || link.length() > max - 2
                ? cut(words, max)
                : cut(words, max - link.length() - 1) + "\n" + link;
    }

    private static String words(JsonNode event, String type) {
        List<String> lines = new ArrayList<>();
        String kind = EventRecords.kind(type).replace('.', ' ').replace('-', ' ');
        lines.add("Codex " + kind + ": "
                + event.path("title").asText(event.path("message").asText("")));
        List<String> facts = new ArrayList<>();
        NAMES.stream()
                .map(name -> event.path(name).asText(""))
                .filter(name -> !name.isEmpty())
                .distinct()
                .forEach(facts::add);
        JsonNode stats = event.path("diff_stats");
        if (stats.isObject()) {
            facts.add("+" + stats.path("lines_added").asInt() + " −"
                    + stats.path("lines_removed").asInt() + " in "
                    + stats.path("files_modified").asInt() + " files");
        }
        lines.add(String.join(" · ", facts));
        lines.add(event.path("error").path("message").asText(""));
        lines.removeIf(String::isBlank);
        return String.join("\n", lines);
    }

    private static String cut(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        int end = max - 1;
        if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end) + "…";
    }
}
