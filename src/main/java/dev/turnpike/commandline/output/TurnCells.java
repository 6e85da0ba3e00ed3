package dev.turnpike.commandline.output;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.commandline.output.Screen.Paint;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Parts common to all lines about turns. Any field may be missing in the event's data. */
record TurnCells(Screen screen, ZoneId zone) {
    /** Column of the title, behind time and mark. */
    static final int TITLE_INDENT = 12;

    static final String GAP = "  ";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    String time(JsonNode event) {
        String text = event.path("ended_at").asText(event.path("observed_at").asText());
        try {
            return screen.paint(Paint.FAINT, TIME.format(Instant.parse(text).atZone(zone)));
        } catch (DateTimeException e) {
            return screen.paint(Paint.FAINT, "--:--:--");
        }
    }

    /** Status of the turn as one character. */
    String mark(JsonNode turn) {
        return switch (turn.path("status").asText()) {
            case "completed" -> screen.paint(Paint.GOOD, "✓");
            case "failed" -> screen.paint(Paint.BAD, "✗");
            case "cancelled" -> screen.paint(Paint.FAINT, "–");
            default -> "?";
        };
    }

    /** The title of its task, or the task's id. */
    static String title(JsonNode event) {
        String title = text(event, "title");
        return title.isEmpty() ? text(event, "task_id") : title;
    }

    static String link(JsonNode event) {
        return text(event, "url");
    }

    /** The line with its link, on the same line or on a second one. */
    String linked(String line, String link, boolean onOneLine) {
        if (link.isEmpty()) {
            return line.stripTrailing();
        }
        String shown = screen.paint(Paint.FAINT, link);
        if (onOneLine) {
            return line + GAP + shown;
        }
        int indent = Math.max(0, Math.min(TITLE_INDENT, screen.columns() - DisplayText.width(link)));
        return line.stripTrailing() + "\n" + " ".repeat(indent) + shown;
    }

    static String text(JsonNode node, String field) {
        return DisplayText.plain(node.path(field).asText());
    }

    /** {@code +12}, or nothing where it is not known; long numbers in thousands. */
    static String count(String sign, JsonNode stats, String field) {
        return stats.has(field) ? sign + brief(stats.path(field).asLong()) : "";
    }

    static String brief(long count) {
        if (count < 10_000) {
            return String.valueOf(count);
        }
        return count < 1_000_000 ? count / 1_000 + "k" : count / 1_000_000 + "M";
    }
}
