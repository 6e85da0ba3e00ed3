package dev.turnpike.sinks.slack;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A message without its channel.
 *
 * @param text shown where blocks are not: in notifications and by screen readers
 * @param blocks as Slack's Block Kit has them
 */
record SlackMessage(String text, List<ObjectNode> blocks) {

    /** Text with formatting, at most 3,000 characters; already escaped. */
    static ObjectNode section(String mrkdwn) {
        ObjectNode section = block("section");
        mrkdwn(section.putObject("text"), mrkdwn);
        return section;
    }

    /** Small print, already escaped. */
    static ObjectNode context(String mrkdwn) {
        ObjectNode context = block("context");
        mrkdwn(context.putArray("elements").addObject(), mrkdwn);
        return context;
    }

    private static ObjectNode block(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    // verbatim: channel names and URLs in the text stay text; without any text Slack rejects the whole message
    private static void mrkdwn(ObjectNode element, String text) {
        element.put("type", "mrkdwn").put("text", text.isBlank() ? "…" : text).put("verbatim", true);
    }

    /** With {@code text} and {@code blocks}. */
    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("text", text);
        json.putArray("blocks").addAll(blocks);
        return json;
    }

    /** The same with mentions of people. */
    SlackMessage mentioning(String mentions) {
        if (mentions.isEmpty()) {
            return this;
        }
        List<ObjectNode> more = new ArrayList<>(blocks);
        more.add(section(mentions));
        return new SlackMessage(mentions + " " + text, more);
    }
}
