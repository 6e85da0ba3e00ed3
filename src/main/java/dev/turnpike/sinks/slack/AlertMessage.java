package dev.turnpike.sinks.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.slack.api.model.block.LayoutBlock;
import dev.turnpike.sinks.delivery.DeliveredEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An alert: what is the matter, what is known about it, what to do. */
final class AlertMessage {
    private static final Set<String> SAID_ELSEWHERE =
            Set.of("on_credits", "message", "action", "title", "url", "task_id", "turn_id", "observed_at");
    private static final int MOST_FIELDS = 10;

    private record Words(String title, String action) {}

    private static final Map<String, Words> WORDS = Map.ofEntries(
            Map.entry(
                    "usage.threshold-crossed",
                    new Words(
                            ":hourglass_flowing_sand: A Codex usage limit comes near",
                            "Slow down, or wait for the reset.")),
            Map.entry(
                    "usage.limit-reached",
                    new Words(":octagonal_sign: A Codex usage limit is reached", "New tasks wait for the reset.")),
            Map.entry(
                    "usage.forecast",
                    new Words(
                            ":crystal_ball: At this pace a Codex usage limit will be reached before its reset",
                            "Start fewer tasks, or put off those that can wait.")),
            Map.entry("usage.reset", new Words(":white_check_mark: A Codex usage limit was reset", "")),
            Map.entry("auth.required", new Words(":key: A Codex account has to sign in", "Run `codex login`.")),
            Map.entry("auth.recovered", new Words(":white_check_mark: A Codex account is signed in again", "")),
            Map.entry(
                    "upstream.unavailable",
                    new Words(
                            ":cloud: Codex cannot be reached",
                            "Nothing to do if Codex is down: what ends meanwhile is reported afterwards.")),
            Map.entry("upstream.recovered", new Words(":white_check_mark: Codex can be reached again", "")),
            Map.entry(
                    "upstream.drift",
                    new Words(":warning: Codex answers in a form that is not known", "Look for a newer Turnpike.")),
            Map.entry(
                    "upstream.blind",
                    new Words(
                            ":see_no_evil: Codex usage rises, but no task is seen",
                            "Check that the account's environments are in Legacy Codex Cloud, which is all that"
                                    + " Turnpike sees. For an account that is used outside the cloud alone, set"
                                    + " alerts.blind-after to 0s.")),
            Map.entry(
                    "usage.unused-before-reset",
                    new Words(
                            ":battery: Much of a Codex usage limit is left shortly before its reset",
                            "Start what was put off: what is not used by then is lost.")),
            Map.entry(
                    "usage.reset-credit-expiring",
                    new Words(
                            ":ticket: A reset credit of a Codex account expires soon",
                            "Redeem it in Codex while it helps, or let it expire.")),
            Map.entry(
                    "task.stalled",
                    new Words(
                            ":snail: A Codex task has been running for long",
                            "Open the task; cancel it if it is stuck.")),
            Map.entry(
                    "task.needs-input",
                    new Words(
                            ":raised_hand: A Codex thread waits for a person",
                            "Open Codex, find the thread by its title, and approve or answer: nothing happens in it"
                                    + " before.")),
            Map.entry(
                    "task.status-conflict",
                    new Words(":warning: Codex reports two different states of a task", "Open the task itself.")),
            Map.entry(
                    "sink.failing",
                    new Words(
                            ":warning: A receiver has been failing for a while",
                            "Check the receiver. Its events wait; nothing is lost before its give-up-after has"
                                    + " passed.")),
            Map.entry("sink.recovered", new Words(":white_check_mark: A receiver accepts events again", "")),
            Map.entry(
                    "sink.dead-lettered",
                    new Words(
                            ":package: Events could not be delivered and are dead-lettered",
                            "See ./turnpike dead-letters; ./turnpike replay delivers them again.")),
            Map.entry(
                    "sink.disabled",
                    new Words(
                            ":electric_plug: A receiver wants no more events and was disabled",
                            "Check its URL, and start Turnpike again.")));

    private static final Words ON_CREDITS = new Words(
            ":credit_card: A Codex account is past its window and runs on credits",
            "Work goes on and costs credits. Commands wait for the reset unless commands.use-credits is set.");

    static SlackMessage of(DeliveredEvent alert) {
        boolean onCredits = alert.data().path("on_credits").asBoolean();
        Words words = onCredits
                ? ON_CREDITS
                : WORDS.getOrDefault(
                        alert.kind(), new Words(":information_source: " + SlackText.line(alert.kind(), 80), ""));
        List<LayoutBlock> blocks = new ArrayList<>();
        String title = alert.text("title").isBlank() ? "" : ": " + TurnText.title(alert, 200);
        blocks.add(SlackMessage.section("*" + words.title() + "*" + title));
        if (!alert.text("message").isBlank()) {
            blocks.add(SlackMessage.section(SlackText.beginning(alert.text("message"), 8, 1_000)));
        }
        blocks.add(SlackMessage.context(known(alert)));
        String action =
                alert.text("action").isBlank() ? words.action() : SlackText.beginning(alert.text("action"), 4, 500);
        if (!action.isEmpty()) {
            blocks.add(SlackMessage.section(":point_right: " + action));
        }
        return new SlackMessage(TurnText.plain(words.title()), blocks);
    }

    private static String known(DeliveredEvent alert) {
        List<String> known = new ArrayList<>();
        known.add("account " + SlackText.line(alert.account(), 120));
        for (Map.Entry<String, JsonNode> field : alert.data().properties()) {
            if (known.size() < MOST_FIELDS
                    && field.getValue().isValueNode()
                    && !SAID_ELSEWHERE.contains(field.getKey())) {
                known.add(SlackText.line(field.getKey().replace('_', ' '), 40) + " "
                        + SlackText.line(field.getValue().asText(), 120));
            }
        }
        return String.join("  ·  ", known);
    }

    private AlertMessage() {}
}
