package dev.turnpike.sinks.slack;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.slack.api.model.block.ContextBlock;
import com.slack.api.model.block.LayoutBlock;
import com.slack.api.model.block.SectionBlock;
import com.slack.api.model.block.composition.MarkdownTextObject;
import java.util.List;

/**
 * A message before it is addressed.
 *
 * @param text shown where blocks are not: in notifications and by screen readers
 */
record SlackMessage(String text, List<LayoutBlock> blocks) {
    private static final Gson JSON = new GsonBuilder()
            .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
            .disableHtmlEscaping()
            .create();

    /** Text with formatting, at most 3,000 characters; already escaped. */
    static LayoutBlock section(String mrkdwn) {
        return SectionBlock.builder().text(mrkdwn(mrkdwn)).build();
    }

    /** Small print, already escaped. */
    static LayoutBlock context(String mrkdwn) {
        return ContextBlock.builder().elements(List.of(mrkdwn(mrkdwn))).build();
    }

    /** With {@code text} and {@code blocks}. */
    JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("text", text);
        json.add("blocks", JSON.toJsonTree(blocks));
        return json;
    }

    // verbatim: channel names and URLs in the text stay text
    private static MarkdownTextObject mrkdwn(String text) {
        return MarkdownTextObject.builder().text(text).verbatim(true).build();
    }
}
