package dev.turnpike.commandline.output;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.commandline.output.Screen.Paint;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Formats a turn that ended as a line: time, status, title, repository, size of the change, and link. The link is never
 * cut; where it does not fit it is on a second line. Any field of the event's data may be missing.
 */
record TurnLine(Screen screen, ZoneId zone) {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final String GAP = "  ";
    /** Column of the title, behind time and mark. */
    private static final int TITLE_INDENT = 12;

    private static final int TITLE_WITHOUT_TERMINAL = 40;
    private static final int LEAST_TITLE = 30;
    private static final int LEAST_TITLE_OF_ATTEMPTS = 8;
    private static final int LINES = 5;
    private static final int FILES = 9;
    private static final int ENVIRONMENT = 18;
    /** Below this width only title and changed lines are shown. */
    private static final int NARROW = 72;
    /** From this width on the environment is shown. */
    private static final int WIDE = 110;

    /** One line, or two, without a line end. */
    String of(JsonNode turn) {
        if (turn.has("attempts")) {
            return attempts(turn);
        }
        String link = text(turn, "url");
        int columns = screen.columns();
        boolean narrow = columns > 0 && columns < NARROW;
        boolean wide = columns == 0 || columns >= WIDE;
        int pull = wide ? 12 : 6;
        int fixed = TITLE_INDENT + GAP.length() + LINES + 1 + LINES;
        if (!narrow) {
            fixed += FILES + pull + 2 * GAP.length();
        }
        if (wide) {
            fixed += ENVIRONMENT + GAP.length();
        }
        int behind = link.isEmpty() ? 0 : GAP.length() + DisplayText.width(link);
        boolean onOneLine = columns == 0 || fixed + LEAST_TITLE + behind <= columns;
        int title = columns == 0 ? TITLE_WITHOUT_TERMINAL : Math.max(8, columns - fixed - (onOneLine ? behind : 0));
        List<String> cells = new ArrayList<>();
        cells.add(time(turn));
        if (!wide && unchanged(turn)) {
            // the reason of the failure takes the columns of the changes
            cells.add(mark(turn) + " " + title(turn, columns - TITLE_INDENT));
        } else {
            cells.add(mark(turn) + " " + title(turn, title));
            if (wide) {
                cells.add(screen.paint(Paint.FAINT, DisplayText.left(text(turn, "environment"), ENVIRONMENT)));
            }
            cells.add(lines(turn));
            if (!narrow) {
                cells.add(DisplayText.right(files(turn), FILES));
                cells.add(DisplayText.left(pulls(turn, pull), pull));
            }
        }
        return linked(String.join(GAP, cells), link, onOneLine);
    }

    private static boolean unchanged(JsonNode turn) {
        return turn.path("diff_stats").isEmpty()
                && files(turn).isEmpty()
                && turn.path("pull_requests").isEmpty();
    }

    /** Appends why it failed, where there is room; without a terminal the line may be longer. */
    private String title(JsonNode turn, int columns) {
        String shown = title(turn);
        String error = text(turn.path("error"), "message");
        if (!screen.isTerminal()) {
            String all = error.isEmpty() ? shown : shown + ": " + error;
            return DisplayText.left(all, Math.max(columns, DisplayText.width(all)));
        }
        int room = columns - DisplayText.width(shown) - 2;
        if (error.isEmpty() || room < 8) {
            return DisplayText.left(shown, columns);
        }
        return shown + ": " + screen.paint(Paint.BAD, DisplayText.left(error, room));
    }

    private String lines(JsonNode turn) {
        JsonNode stats = turn.path("diff_stats");
        return screen.paint(Paint.GOOD, DisplayText.right(added(stats), LINES)) + " "
                + screen.paint(Paint.BAD, DisplayText.right(removed(stats), LINES));
    }

    private static String files(JsonNode turn) {
        long count = turn.path("diff_stats")
                .path("files_modified")
                .asLong(turn.path("files").size());
        return count == 0 ? "" : brief(count) + (count == 1 ? " file" : " files");
    }

    private static String pulls(JsonNode turn, int columns) {
        JsonNode pulls = turn.path("pull_requests");
        if (pulls.isEmpty()) {
            return "";
        }
        JsonNode pull = pulls.get(pulls.size() - 1);
        String number = "#" + pull.path("number").asLong();
        String state = pull.path("merged").asBoolean() ? "merged" : text(pull, "state");
        String whole = (number + " " + state).strip();
        return DisplayText.width(whole) <= columns ? whole : number;
    }

    /** All attempts at a request: its title and the status of each attempt. */
    private String attempts(JsonNode event) {
        int columns = screen.columns();
        int fixed = TITLE_INDENT + GAP.length();
        List<String> changes = new ArrayList<>();
        event.path("attempts")
                .forEach(attempt -> changes.add((" " + changed(attempt.path("diff_stats"))).stripTrailing()));
        int whole = changes.stream()
                        .mapToInt(change -> 1 + DisplayText.width(change) + GAP.length())
                        .sum()
                - GAP.length();
        // on a narrow screen only the status of each attempt
        boolean narrow = columns > 0 && columns - fixed - whole < LEAST_TITLE_OF_ATTEMPTS;
        List<String> ends = new ArrayList<>();
        for (JsonNode attempt : event.path("attempts")) {
            ends.add(mark(attempt) + (narrow ? "" : changes.get(ends.size())));
        }
        int width = narrow ? 2 * ends.size() - 1 : whole;
        int title = columns == 0 ? TITLE_WITHOUT_TERMINAL : Math.max(LEAST_TITLE_OF_ATTEMPTS, columns - fixed - width);
        String line = time(event) + GAP + screen.paint(Paint.STRONG, "≡") + " "
                + DisplayText.left(title(event), title) + GAP
                + String.join(narrow ? " " : GAP, ends);
        return linked(line, text(event, "url"), columns == 0);
    }

    private String time(JsonNode event) {
        String text = event.path("ended_at").asText(event.path("observed_at").asText());
        try {
            return screen.paint(Paint.FAINT, TIME.format(Instant.parse(text).atZone(zone)));
        } catch (DateTimeException e) {
            return screen.paint(Paint.FAINT, "--:--:--");
        }
    }

    /** Status of a turn as one character. */
    static String mark(Screen screen, String status) {
        return switch (status) {
            case "completed" -> screen.paint(Paint.GOOD, "✓");
            case "failed" -> screen.paint(Paint.BAD, "✗");
            case "cancelled" -> screen.paint(Paint.FAINT, "–");
            default -> "?";
        };
    }

    private String mark(JsonNode turn) {
        return mark(screen, turn.path("status").asText());
    }

    /** The title of its task, or the task's id. */
    private static String title(JsonNode event) {
        String title = text(event, "title");
        return title.isEmpty() ? text(event, "task_id") : title;
    }

    /** The line with its link, on the same line or on a second one. */
    private String linked(String line, String link, boolean onOneLine) {
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

    private static String text(JsonNode node, String field) {
        return DisplayText.plain(node.path(field).asText());
    }

    /** {@code +12 −3}, with a blank alone where neither is known. */
    static String changed(JsonNode stats) {
        return added(stats) + " " + removed(stats);
    }

    private static String added(JsonNode stats) {
        return count("+", stats, "lines_added");
    }

    private static String removed(JsonNode stats) {
        return count("−", stats, "lines_removed");
    }

    /** {@code +12}, or nothing where it is not known; long numbers in thousands. */
    private static String count(String sign, JsonNode stats, String field) {
        return stats.has(field) ? sign + brief(stats.path(field).asLong()) : "";
    }

    private static String brief(long count) {
        if (count < 10_000) {
            return String.valueOf(count);
        }
        return count < 1_000_000 ? count / 1_000 + "k" : count / 1_000_000 + "M";
    }
}
