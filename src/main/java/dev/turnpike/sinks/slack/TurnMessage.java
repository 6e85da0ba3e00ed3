package dev.turnpike.sinks.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sinks.delivery.SinkEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Message about a turn that has ended. */
final class TurnMessage {
    /** Upstream starts at most four; a message has room for some more. */
    private static final int MOST_ATTEMPTS = 8;

    static SlackMessage of(SinkEvent turn) {
        List<ObjectNode> blocks = new ArrayList<>();
        blocks.add(SlackMessage.section(TurnText.outcome(turn) + "  *" + TurnText.title(turn, 200) + "*"));
        String facts = TurnText.facts(turn);
        if (!facts.isEmpty()) {
            blocks.add(SlackMessage.context(facts));
        }
        (turn.isOfAttempts() ? attempts(turn) : content(turn)).forEach(blocks::add);
        String text = TurnText.plain(TurnText.outcome(turn)) + ": " + SlackText.line(turn.text("title"), 200);
        return new SlackMessage(text, blocks);
    }

    /** Error, summary and pull requests, as far as it has them. */
    private static Stream<ObjectNode> content(SinkEvent turn) {
        JsonNode error = turn.data().path("error");
        return Stream.of(
                        error.isObject() && !error.isEmpty() ? error(error) : "",
                        turn.text("summary").isBlank() ? "" : Markdown.beginning(turn.text("summary"), 8, 1_200),
                        pulls(turn.data().path("pull_requests")))
                .filter(text -> !text.isEmpty())
                .map(SlackMessage::section);
    }

    /** All attempts at a best-of-N request, side by side: a person has to choose one. */
    private static Stream<ObjectNode> attempts(SinkEvent event) {
        JsonNode attempts = event.data().path("attempts");
        Stream<ObjectNode> shown = IntStream.range(0, Math.min(MOST_ATTEMPTS, attempts.size()))
                .mapToObj(number -> SlackMessage.section(attempt(number + 1, attempts.path(number))));
        return attempts.size() <= MOST_ATTEMPTS
                ? shown
                : Stream.concat(
                        shown, Stream.of(SlackMessage.context("… and " + (attempts.size() - MOST_ATTEMPTS) + " more")));
    }

    private static String attempt(int number, JsonNode attempt) {
        List<String> line = new ArrayList<>();
        line.add("*" + number + "*");
        line.add(TurnText.outcome(attempt.path("status").asText()));
        TurnText.lines(attempt, line);
        String words = Markdown.beginning(attempt.path("summary").asText(), 3, 400);
        String error = SlackText.beginning(attempt.path("error").path("message").asText(), 2, 300);
        return String.join("  ·  ", line)
                + (error.isEmpty() ? "" : "\n" + error)
                + (words.isEmpty() ? "" : "\n" + words);
    }

    private static String error(JsonNode error) {
        String code = SlackText.line(error.path("code").asText("").replace("`", "'"), 100);
        String message = SlackText.beginning(error.path("message").asText(""), 8, 1_000);
        return (":warning: " + (code.isEmpty() ? "" : "`" + code + "` ") + message).strip();
    }

    private static String pulls(JsonNode pulls) {
        return StreamSupport.stream(pulls.spliterator(), false)
                .limit(5)
                .map(TurnMessage::pull)
                .collect(Collectors.joining("\n"));
    }

    private static String pull(JsonNode pull) {
        String title = pull.path("title").asText("");
        String label = "#" + pull.path("number").asInt() + (title.isBlank() ? "" : " " + SlackText.line(title, 150));
        String state = pull.path("merged").asBoolean()
                ? "merged"
                : SlackText.line(pull.path("state").asText(""), 30);
        return ":link: Pull request " + SlackText.link(pull.path("url").asText(""), label)
                + (state.isEmpty() ? "" : " (" + state + ")");
    }

    private TurnMessage() {}
}
