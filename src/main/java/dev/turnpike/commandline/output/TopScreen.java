package dev.turnpike.commandline.output;

import dev.turnpike.board.BoardSnapshot;
import dev.turnpike.board.TurnRow;
import dev.turnpike.commandline.output.Screen.Paint;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Lays out the sections of the board as lines for a terminal of any size; texts from upstream are on one line and
 * without control characters.
 */
public final class TopScreen {
    private static final int WITHOUT_TERMINAL = 140;
    /** Entries per list where nothing limits the height. */
    private static final int MOST = 20;

    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

    private final Screen screen;
    private final ZoneId zone;
    private final String place;

    public TopScreen(Screen screen, ZoneId zone, String brokers, String prefix) {
        this.screen = screen;
        this.zone = zone;
        this.place = brokers + "  " + prefix + "*";
    }

    private record Section(String title, String count, String empty, List<String> lines) {}

    public List<String> whole(BoardSnapshot snapshot) {
        int columns = screen.isTerminal() ? screen.columns() : WITHOUT_TERMINAL;
        List<String> lines = new ArrayList<>();
        lines.add(header(snapshot, null, columns));
        for (Section section : sections(snapshot, columns)) {
            lines.add("");
            append(lines, section, MOST, columns);
        }
        return lines;
    }

    /** At most this many lines; where there is not enough room, each section gets its share. */
    public List<String> fitting(BoardSnapshot snapshot, String failure, int columns, int rows) {
        List<Section> sections = sections(snapshot, columns);
        int[] shown = new int[sections.size()];
        int free = rows - 1 - sections.size();
        for (boolean given = true; given && free > 0; ) {
            given = false;
            for (int i = 0; i < shown.length && free > 0; i++) {
                if (shown[i] < Math.max(1, sections.get(i).lines().size())) {
                    shown[i]++;
                    free--;
                    given = true;
                }
            }
        }
        List<String> lines = new ArrayList<>();
        lines.add(header(snapshot, failure, columns));
        for (int i = 0; i < shown.length; i++) {
            append(lines, sections.get(i), shown[i], columns);
        }
        return lines.subList(0, Math.min(rows, lines.size()));
    }

    private void append(List<String> lines, Section section, int most, int columns) {
        int left = section.lines().size() - most;
        String count = section.count() + (left > 0 && most > 0 ? ", " + left + " more" : "");
        String title = screen.paint(Paint.STRONG, DisplayText.cut(section.title(), columns));
        lines.add(
                count.isEmpty()
                        ? title
                        : title
                                + screen.paint(
                                        Paint.FAINT,
                                        DisplayText.cut(
                                                "  " + count,
                                                columns - section.title().length())));
        if (section.lines().isEmpty() && most > 0) {
            lines.add(screen.paint(Paint.FAINT, DisplayText.cut("  " + section.empty(), columns)));
        }
        lines.addAll(section.lines().subList(0, Math.min(most, section.lines().size())));
    }

    private String header(BoardSnapshot snapshot, String failure, int columns) {
        String state = failure != null
                ? "cannot read the topics: " + DisplayText.plain(failure)
                : snapshot.complete() ? "" : "reading the topics ...";
        String line = "Turnpike  " + SECONDS.format(snapshot.now().atZone(zone)) + "  " + place;
        String cut = DisplayText.cut(line, columns);
        int room = columns - DisplayText.width(cut) - 2;
        return screen.paint(Paint.STRONG, cut)
                + (state.isEmpty() || room < 8
                        ? ""
                        : "  " + screen.paint(failure == null ? Paint.WARN : Paint.BAD, DisplayText.cut(state, room)));
    }

    private List<Section> sections(BoardSnapshot snapshot, int columns) {
        List<TurnRow> turns = snapshot.turns().stream()
                .sorted(Comparator.comparing(
                                TurnRow::endedAt, Comparator.nullsFirst(Comparator.<Instant>naturalOrder()))
                        .reversed())
                .toList();
        TopRows rows = new TopRows(screen, zone, snapshot, columns);
        return List.of(
                section("NEEDS YOU", "Nothing needs you.", snapshot.attention(), rows::needsYou),
                section("RUNNING NOW", "No task runs.", snapshot.running(), rows::running),
                section("FINISHED", "No turn has ended in the last seven days.", turns, rows::finished),
                section("QUOTA", "No usage was observed yet.", snapshot.quotas(), rows::quota),
                new Section("PIPELINE", "", "Kafka has not answered yet.", rows.pipeline()));
    }

    private static <T> Section section(String title, String empty, List<T> rows, Function<T, String> line) {
        return new Section(
                title,
                rows.isEmpty() ? "" : "" + rows.size(),
                empty,
                rows.stream().map(line).toList());
    }
}
