package dev.turnpike.sinks.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.slack.api.model.block.LayoutBlock;
import dev.turnpike.sinks.delivery.DeliveredEvent;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** What a person wants to know at a glance when a turn has ended. */
final class TurnMessage {

    static SlackMessage of(DeliveredEvent turn) {
        List<LayoutBlock> blocks = TurnText.head(turn);
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
