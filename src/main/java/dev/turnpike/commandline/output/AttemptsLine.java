package dev.turnpike.commandline.output;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.commandline.output.Screen.Paint;
import java.util.ArrayList;
import java.util.List;

/** All attempts at a request as a line for people: what it was about, and how each of them ended. */
final class AttemptsLine {
    private static final int LEAST_TITLE = 8;
    private static final int TITLE_WITHOUT_TERMINAL = 40;

    private final Screen screen;
    private final TurnCells cells;

    AttemptsLine(Screen screen, TurnCells cells) {
        this.screen = screen;
        this.cells = cells;
    }

    /** One line, or two, without a line end. */
    String of(JsonNode event) {
        int columns = screen.columns();
        int fixed = TurnCells.TITLE_INDENT + TurnCells.GAP.length();
        // on a narrow screen how each attempt ended has to do
        int whole = width(event);
        boolean narrow = columns > 0 && columns - fixed - whole < LEAST_TITLE;
        List<String> ends = new ArrayList<>();
        for (JsonNode attempt : event.path("attempts")) {
            ends.add(cells.mark(attempt) + (narrow ? "" : lines(attempt)));
        }
        int width = narrow ? 2 * ends.size() - 1 : whole;
        int title = columns == 0 ? TITLE_WITHOUT_TERMINAL : Math.max(LEAST_TITLE, columns - fixed - width);
        String line = cells.time(event) + TurnCells.GAP + screen.paint(Paint.STRONG, "≡") + " "
                + DisplayText.left(TurnCells.title(event), title) + TurnCells.GAP
                + String.join(narrow ? " " : TurnCells.GAP, ends);
        return cells.linked(line, TurnCells.link(event), columns == 0);
    }

    /** Columns that all attempts take with their lines. */
    private static int width(JsonNode event) {
        int width = -TurnCells.GAP.length();
        for (JsonNode attempt : event.path("attempts")) {
            width += 1 + DisplayText.width(lines(attempt)) + TurnCells.GAP.length();
        }
        return width;
    }

    private static String lines(JsonNode attempt) {
        JsonNode stats = attempt.path("diff_stats");
        String added = TurnCells.count("+", stats, "lines_added");
        String removed = TurnCells.count("−", stats, "lines_removed");
        return added.isEmpty() && removed.isEmpty() ? "" : (" " + added + " " + removed).stripTrailing();
    }
}
