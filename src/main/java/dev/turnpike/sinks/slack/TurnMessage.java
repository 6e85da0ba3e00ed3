package dev.turnpike.sinks.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sinks.delivery.DeliveredEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Message about a turn that has ended. */
final class TurnMessage {
    /** Upstream starts at most four; a message has room for some more. */
    private static final int MOST_ATTEMPTS = 8;

    static SlackMessage of(DeliveredEvent turn) {
        if (turn.isOfAttempts()) {
            return ofAttempts(turn);
        }
        List<ObjectNode> blocks = TurnText.head(turn);
        JsonNode error = turn.data().path("error");
        if (error.isObject() && !error.isEmpty()) {
            blocks.add(SlackMessage.section(error(error)));
        }
        if (!turn.text("summary").isBlank()) {
            blocks.add(SlackMessage.section(Markdown.beginning(turn.text("summary"), 8, 1_200)));
        }
        String pulls = pulls(turn.data().path("pull_requests"));
        if (!pulls.isEmpty()) {
            blocks.add(SlackMessage.section(pulls));
        }
        return new SlackMessage(TurnText.fallback(turn), blocks);
    }

    /** All attempts at a best-of-N request, side by side: a person has to choose one. */
    private static SlackMessage ofAttempts(DeliveredEvent event) {
        List<ObjectNode> blocks = TurnText.head(event);
        JsonNode attempts = event.data().path("attempts");
        for (int number = 0; number < Math.min(MOST_ATTEMPTS, attempts.size()); number++) {
            blocks.add(SlackMessage.section(attempt(number + 1, attempts.path(number))));
        }
        if (attempts.size() > MOST_ATTEMPTS) {
            blocks.add(SlackMessage.context("… and " + (attempts.size() - MOST_ATTEMPTS) + " more"));
        }
        return new SlackMessage(TurnText.fallback(event), blocks);
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
