package dev.turnpike.sinks.slack;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.sinks.delivery.SinkEvent;
import java.util.ArrayList;
import java.util.List;

/** Message with many events, one line each. */
final class DigestMessage {
    /** From this many events on they become a digest. */
    static final int LEAST = 5;

    /** Maximum number of events in one message. */
    static final int MOST = 40;

    /** Slack rejects messages whose blocks have about 13,200 characters in all (slackapi/bolt-js 2509). */
    private static final int MOST_CHARACTERS = 9_000;

    private static final int SECTION_CHARACTERS = 2_800;

    /** How many of these events, from the first on, fit into a message. */
    static int fitting(List<SinkEvent> events) {
        int characters = 0;
        for (int count = 0; count < events.size(); count++) {
            characters += line(events.get(count)).length() + 1;
            if (characters > MOST_CHARACTERS) {
                return Math.max(1, count);
            }
        }
        return events.size();
    }

    static SlackMessage of(List<SinkEvent> events) {
        String text = events.size() + " Codex events" + count(events, "turn.completed", "completed")
                + count(events, "turn.failed", "failed") + count(events, "turn.cancelled", "cancelled");
        List<ObjectNode> blocks = new ArrayList<>();
        blocks.add(SlackMessage.section("*" + text + "*"));
        StringBuilder section = new StringBuilder();
        for (SinkEvent event : events) {
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

    private static String line(SinkEvent event) {
        if (!event.isTurn()) {
            return AlertMessage.of(event).text() + (event.subject() == null ? "" : ": " + TurnText.title(event, 80));
        }
        List<String> facts = new ArrayList<>();
        TurnText.lines(event.data(), facts);
        return TurnText.outcome(event) + "  " + TurnText.title(event, 80)
                + (facts.isEmpty() ? "" : "  " + facts.get(0));
    }

    private static String count(List<SinkEvent> events, String kind, String word) {
        long count = events.stream().filter(event -> event.kind().equals(kind)).count();
        return count == 0 ? "" : ", " + count + " " + word;
    }

    private DigestMessage() {}
}
