package dev.turnpike.commandline.output;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.commandline.output.Screen.Paint;
import dev.turnpike.events.DeadLetterHeaders;
import dev.turnpike.sinks.replay.Letters.Letter;
import java.util.ArrayList;
import java.util.List;

/** Prints dead letters, for people and for programs. */
public record LetterTable(Screen screen) {
    private static final List<String> TITLES =
            List.of("ID", "SINK", "LAST TRY", "TRIES", "REPLAYED", "EVENT", "REASON");

    /** A line with the titles, and one for each letter. */
    public List<String> lines(List<Letter> letters) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(TITLES);
        letters.forEach(letter -> rows.add(row(letter)));
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < TITLES.size() - 1; column++) {
                line.append(DisplayText.left(row.get(column), width(rows, column)))
                        .append("  ");
            }
            line.append(row.get(TITLES.size() - 1));
            lines.add(row == TITLES ? screen.paint(Paint.STRONG, line.toString()) : line.toString());
        }
        return lines;
    }

    private static int width(List<List<String>> rows, int column) {
        return rows.stream()
                .mapToInt(cells -> DisplayText.width(cells.get(column)))
                .max()
                .orElse(0);
    }

    /** One object on one line, without unknown fields. */
    public static ObjectNode json(Letter letter) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        put(json, "id", letter.id());
        put(json, "sink", letter.sink());
        put(json, "origin", letter.origin());
        put(json, "event", letter.header("ce_id"));
        put(json, "type", letter.header("ce_type"));
        put(json, "subject", letter.header("ce_subject"));
        put(json, "reason", letter.header(DeadLetterHeaders.REASON));
        if (letter.header(DeadLetterHeaders.ATTEMPTS).matches("\\d{1,9}")) {
            json.put("attempts", Integer.parseInt(letter.header(DeadLetterHeaders.ATTEMPTS)));
        }
        put(json, "first_attempt", letter.header(DeadLetterHeaders.FIRST_ATTEMPT));
        put(json, "last_attempt", letter.header(DeadLetterHeaders.LAST_ATTEMPT));
        if (letter.replayed() != null) {
            json.put("replayed_at", letter.replayed().toString());
        }
        return json;
    }

    private static void put(ObjectNode json, String field, String value) {
        if (!value.isEmpty()) {
            json.put(field, value);
        }
    }

    private static List<String> row(Letter letter) {
        return List.of(
                DisplayText.plain(letter.id()),
                DisplayText.plain(letter.sink()),
                DisplayText.plain(letter.header(DeadLetterHeaders.LAST_ATTEMPT).replaceFirst("\\.\\d+", "")),
                DisplayText.plain(letter.header(DeadLetterHeaders.ATTEMPTS)),
                letter.replayed() == null ? "no" : "yes",
                DisplayText.plain(letter.header("ce_id").isEmpty() ? letter.origin() : letter.header("ce_id")),
                DisplayText.plain(letter.header(DeadLetterHeaders.REASON)));
    }
}
