package dev.turnpike.codex;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Extracts the assistant's messages or the user's prompt of a turn, without citations and tool calls. */
final class TurnMessages {
    private static final String BLANK_LINE = "\n\n";

    private TurnMessages() {}

    /**
     * The messages among the output items, then those of the worklog that the assistant wrote. Parts of one message are
     * joined as they are, without the citations between them; messages are separated by a blank line.
     *
     * @return null when there are none
     */
    static String assistant(Fields turn) {
        List<String> messages = new ArrayList<>();
        for (Fields item : turn.objects("output_items")) {
            if ("message".equals(item.text("type"))) {
                messages.add(String.join("", pieces(item, "content")));
            }
        }
        for (Fields message : turn.child("worklog").objects("messages")) {
            if ("assistant".equalsIgnoreCase(message.child("author").text("role"))) {
                messages.add(String.join("", pieces(message.child("content"), "parts")));
            }
        }
        return joined(messages);
    }

    /** The user's messages, separated by blank lines; null when there are none. */
    static String prompt(Fields turn) {
        List<String> pieces = new ArrayList<>();
        for (Fields item : turn.objects("input_items")) {
            JsonNode role = item.object().get("role");
            boolean user = role == null || role.isNull() || "user".equalsIgnoreCase(role.textValue());
            if ("message".equals(item.text("type")) && user) {
                pieces.addAll(pieces(item, "content"));
            }
        }
        return joined(pieces);
    }

    private static String joined(List<String> messages) {
        messages.removeIf(String::isBlank);
        return messages.isEmpty() ? null : String.join(BLANK_LINE, messages);
    }

    private static List<String> pieces(Fields message, String field) {
        List<String> pieces = new ArrayList<>();
        for (JsonNode piece : message.list(field)) {
            if (piece.isTextual()) {
                pieces.add(piece.textValue());
            } else if ("text".equalsIgnoreCase(new Fields(piece).text("content_type"))) {
                JsonNode text = piece.get("text");
                if (text != null && text.isTextual()) {
                    pieces.add(text.textValue());
                }
            }
        }
        return pieces;
    }
}
