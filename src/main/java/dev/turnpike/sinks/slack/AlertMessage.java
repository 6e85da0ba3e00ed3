package dev.turnpike.sinks.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.json.Json;
import dev.turnpike.sinks.delivery.SinkEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Message about an alert: what happened, details, and what to do. {@code alerts.json} has title and action of each type
 * of alert.
 */
final class AlertMessage {
    private static final Set<String> SHOWN_ELSEWHERE =
            Set.of("on_credits", "message", "action", "title", "url", "task_id", "turn_id", "observed_at");
    private static final int MOST_FIELDS = 10;

    private static final Map<String, List<String>> WORDS = Json.table(AlertMessage.class, "alerts.json");

    static SlackMessage of(SinkEvent alert) {
        boolean onCredits = alert.data().path("on_credits").asBoolean();
        List<String> words = WORDS.getOrDefault(
                onCredits ? "on-credits" : alert.kind(),
                List.of(":information_source: " + SlackText.line(alert.kind(), 80), ""));
        String heading = words.get(0);
        List<ObjectNode> blocks = new ArrayList<>();
        String title = alert.text("title").isBlank() ? "" : ": " + TurnText.title(alert, 200);
        blocks.add(SlackMessage.section("*" + heading + "*" + title));
        if (!alert.text("message").isBlank()) {
            blocks.add(SlackMessage.section(SlackText.beginning(alert.text("message"), 8, 1_000)));
        }
        blocks.add(SlackMessage.context(known(alert)));
        String action =
                alert.text("action").isBlank() ? words.get(1) : SlackText.beginning(alert.text("action"), 4, 500);
        if (!action.isEmpty()) {
            blocks.add(SlackMessage.section(":point_right: " + action));
        }
        return new SlackMessage(TurnText.plain(heading), blocks);
    }

    private static String known(SinkEvent alert) {
        List<String> known = new ArrayList<>();
        known.add("account " + SlackText.line(alert.account(), 120));
        for (Map.Entry<String, JsonNode> field : alert.data().properties()) {
            if (known.size() < MOST_FIELDS
                    && field.getValue().isValueNode()
                    && !SHOWN_ELSEWHERE.contains(field.getKey())) {
                known.add(SlackText.line(field.getKey().replace('_', ' '), 40) + " "
                        + SlackText.line(field.getValue().asText(), 120));
            }
        }
        return String.join("  ·  ", known);
    }

    private AlertMessage() {}
}
