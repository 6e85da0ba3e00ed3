package dev.turnpike.sinks.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.slack.api.model.block.LayoutBlock;
import dev.turnpike.sinks.delivery.DeliveredEvent;
import java.util.ArrayList;
import java.util.List;

/** All attempts at a best-of-N request, side by side, for whoever has to choose one. */
final class AttemptsMessage {
    /** Upstream makes four at most; a message has room for a few more. */
    private static final int MOST = 8;

    static SlackMessage of(DeliveredEvent event) {
        List<LayoutBlock> blocks = TurnText.head(event);
        JsonNode attempts = event.data().path("attempts");
        for (int number = 0; number < Math.min(MOST, attempts.size()); number++) {
            blocks.add(SlackMessage.section(attempt(number + 1, attempts.get(number))));
        }
        if (attempts.size() > MOST) {
            blocks.add(SlackMessage.context("… and " + (attempts.size() - MOST) + " more"));
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

    private AttemptsMessage() {}
}
