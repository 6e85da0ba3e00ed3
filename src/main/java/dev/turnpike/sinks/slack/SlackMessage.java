package dev.turnpike.sinks.slack;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.slack.api.model.block.ContextBlock;
import com.slack.api.model.block.LayoutBlock;
import com.slack.api.model.block.SectionBlock;
import com.slack.api.model.block.composition.MarkdownTextObject;
import dev.turnpike.json.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * A message before it is addressed.
 *
 * @param text shown where blocks are not: in notifications and by screen readers
 */
record SlackMessage(String text, List<LayoutBlock> blocks) {
    /** Slack's classes are made for field access: some of their getters are no part of the JSON. */
    private static final ObjectMapper JSON = Json.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .visibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
            .serializationInclusion(JsonInclude.Include.NON_NULL)
            .build();

    /** Text with formatting, at most 3,000 characters; already escaped. */
    static LayoutBlock section(String mrkdwn) {
        return SectionBlock.builder().text(mrkdwn(mrkdwn)).build();
    }

    /** Small print, already escaped. */
    static LayoutBlock context(String mrkdwn) {
        return ContextBlock.builder().elements(List.of(mrkdwn(mrkdwn))).build();
    }

    /** With {@code text} and {@code blocks}. */
    ObjectNode json() {
        ObjectNode json = JSON.createObjectNode();
        json.put("text", text);
        json.set("blocks", JSON.valueToTree(blocks));
        return json;
    }

    /** The same with people who are to be notified. */
    SlackMessage mentioning(String mentions) {
        if (mentions.isEmpty()) {
            return this;
        }
        List<LayoutBlock> more = new ArrayList<>(blocks);
        more.add(section(mentions));
        return new SlackMessage(mentions + " " + text, more);
    }

    // verbatim: channel names and URLs in the text stay text
    private static MarkdownTextObject mrkdwn(String text) {
        return MarkdownTextObject.builder().text(text).verbatim(true).build();
    }
}
