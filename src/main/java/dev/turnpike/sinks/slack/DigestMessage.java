package dev.turnpike.sinks.slack;

import com.slack.api.model.block.LayoutBlock;
import dev.turnpike.sinks.delivery.DeliveredEvent;
import java.util.ArrayList;
import java.util.List;

/** Many events in one message, a line each. */
final class DigestMessage {
    /** Slack refuses messages whose blocks have about 13,200 characters in all (slackapi/bolt-js 2509). */
    private static final int MOST_CHARACTERS = 9_000;

    private static final int SECTION_CHARACTERS = 2_800;

    /** The events in as few groups as fit into a message each, in order. */
    static List<List<DeliveredEvent>> groups(List<DeliveredEvent> events) {
        List<List<DeliveredEvent>> groups = new ArrayList<>();
        int characters = MOST_CHARACTERS;
        for (DeliveredEvent event : events) {
            characters += line(event).length() + 1;
            if (characters > MOST_CHARACTERS) {
                groups.add(new ArrayList<>());
                characters = line(event).length();
            }
            groups.get(groups.size() - 1).add(event);
        }
        return groups;
    }

    static SlackMessage of(List<DeliveredEvent> events) {
        String text = events.size() + " Codex events" + count(events, "turn.completed", "completed")
                + count(events, "turn.failed", "failed") + count(events, "turn.cancelled", "cancelled");
        List<LayoutBlock> blocks = new ArrayList<>();
        blocks.add(SlackMessage.section("*" + text + "*"));
        StringBuilder section = new StringBuilder();
        for (DeliveredEvent event : events) {
            String line = line(event);
            if (section.length() + line.length() + 1 > SECTION_CHARACTERS) {
                blocks.add(SlackMessage.section(section.toString()));
                section.setLength(0);
            }
            section.append(section.isEmpty() ? "" : "\n").append(line);
        }
        blocks.add(SlackMessage.section(section.toString()));
        return new SlackMessage(text, blocks);
    }

    private static String line(DeliveredEvent event) {
        if (!event.isTurn()) {
            return AlertMessage.of(event).text() + (event.subject() == null ? "" : ": " + TurnText.title(event, 80));
        }
        List<String> facts = new ArrayList<>();
        TurnText.lines(event.data(), facts);
        return TurnText.outcome(event) + "  " + TurnText.title(event, 80)
                + (facts.isEmpty() ? "" : "  " + facts.get(0));
    }

    private static String count(List<DeliveredEvent> events, String kind, String word) {
        long count = events.stream().filter(event -> event.kind().equals(kind)).count();
        return count == 0 ? "" : ", " + count + " " + word;
    }

    private DigestMessage() {}
}
