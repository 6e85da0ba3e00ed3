package dev.turnpike.commandline.output;

import dev.turnpike.board.AttentionItem;
import dev.turnpike.board.BoardSnapshot;
import dev.turnpike.board.Pipeline;
import dev.turnpike.board.Quota;
import dev.turnpike.board.TaskRow;
import dev.turnpike.board.TurnRow;
import dev.turnpike.commandline.output.Screen.Paint;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The sections of the board as lines for a terminal of any size; texts of strangers are on one line and without controls. */
public final class TopScreen {
    private static final int WITHOUT_TERMINAL = 140;
    private static final int NARROW = 72;
    private static final int AGE = 8;
    private static final int PLACE = 22;
    private static final int CHANGES = 11;
    private static final int BAR = 20;
    /** Of each list, where nothing limits the height. */
    private static final int MOST = 20;

    private static final Pattern INSTANT = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z");
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter TODAY = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
    private static final DateTimeFormatter OTHER_DAY = DateTimeFormatter.ofPattern("EEE HH:mm", Locale.ROOT);

    private final Screen screen;
    private final ZoneId zone;
    private final String place;

    public TopScreen(Screen screen, ZoneId zone, String brokers, String prefix) {
        this.screen = screen;
        this.zone = zone;
        this.place = brokers + "  " + prefix + "*";
    }

    private record Section(String title, String count, String empty, List<String> lines) {}

    /** Everything, for a page that scrolls. */
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

    /** At most so many lines; where there is not enough room, each section gets its share. */
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
        return List.of(
                section(
                        "NEEDS YOU",
                        "Nothing needs you.",
                        snapshot.attention(),
                        item -> needs(item, snapshot, columns)),
                section("RUNNING NOW", "No task runs.", snapshot.running(), task -> running(task, snapshot, columns)),
                section(
                        "FINISHED",
                        "No turn has ended in the last seven days.",
                        turns,
                        turn -> finished(turn, snapshot, columns)),
                section(
                        "QUOTA",
                        "No usage was observed yet.",
                        snapshot.quotas(),
                        quota -> quota(quota, snapshot.now(), columns)),
                new Section("PIPELINE", "", "Kafka has not answered yet.", pipeline(snapshot, columns)));
    }

    private static <T> Section section(String title, String empty, List<T> rows, Function<T, String> line) {
        return new Section(
                title,
                rows.isEmpty() ? "" : "" + rows.size(),
                empty,
                rows.stream().map(line).toList());
    }

    private String needs(AttentionItem item, BoardSnapshot snapshot, int columns) {
        boolean error = item.level().equals("error");
        String title = item.title() == null ? shortAccount(item.account()) : text(item.title());
        String why = local(text(item.why()), snapshot.now()) + (columns < NARROW ? "" : " → " + text(item.action()));
        int room = columns - 4 - AGE - 2;
        int titleWidth = Math.min(DisplayText.width(title), room * 2 / 5);
        return "  " + screen.paint(error ? Paint.BAD : Paint.WARN, error ? "✗" : "!") + " "
                + DisplayText.left(title, titleWidth) + "  "
                + screen.paint(Paint.FAINT, DisplayText.left(why, room - titleWidth - 2))
                + "  " + age(item.since(), snapshot.now());
    }

    private String running(TaskRow task, BoardSnapshot snapshot, int columns) {
        String title = text(task.title() == null ? task.id() : task.title());
        String attempts = task.attempts() > 1 ? task.attempts() + " attempts" : "";
        return row(
                "▸",
                title,
                task.status().equals("pending") ? "pending" : attempts,
                place(task.repository(), task.environment()),
                age(task.createdAt(), snapshot.now()),
                columns);
    }

    private String finished(TurnRow turn, BoardSnapshot snapshot, int columns) {
        String mark = switch (turn.status()) {
            case "completed" -> screen.paint(Paint.GOOD, "✓");
            case "failed" -> screen.paint(Paint.BAD, "✗");
            default -> screen.paint(Paint.FAINT, "–");
        };
        String title = text(turn.title() == null ? turn.taskId() : turn.title());
        String pulls = turn.pullRequests().stream()
                .map(pull -> " #" + pull.number() + " " + text(pull.state()))
                .collect(Collectors.joining());
        String said = turn.error() != null ? ": " + text(turn.error()) : pulls;
        String changes = turn.diffStats() == null
                ? ""
                : TurnCells.count("+", turn.diffStats(), "lines_added") + " "
                        + TurnCells.count("−", turn.diffStats(), "lines_removed");
        return row(
                mark,
                title + said,
                changes,
                place(turn.repository(), turn.environment()),
                age(turn.endedAt(), snapshot.now()),
                columns);
    }

    /** Mark, title, and as much of the rest as there is room for. */
    private String row(String mark, String title, String detail, String place, String age, int columns) {
        boolean narrow = columns < NARROW;
        int room = columns - 4 - 2 - AGE - (narrow ? 0 : CHANGES + PLACE + 4);
        return "  " + mark + " " + DisplayText.left(title, Math.max(8, room))
                + (narrow
                        ? ""
                        : "  " + DisplayText.right(detail, CHANGES) + "  "
                                + screen.paint(Paint.FAINT, DisplayText.left(place, PLACE)))
                + "  " + age;
    }

    private String quota(Quota quota, Instant now, int columns) {
        int used = (int) Math.round(quota.usedPercent());
        Paint paint = quota.blocked() || used >= 90 ? Paint.BAD : used >= 75 ? Paint.WARN : Paint.GOOD;
        int filled = Math.min(BAR, Math.max(0, used * BAR / 100));
        boolean narrow = columns < NARROW;
        String bar = screen.paint(paint, "█".repeat(filled)) + screen.paint(Paint.FAINT, "░".repeat(BAR - filled));
        String name = text(quota.limit()) + " " + text(quota.window()) + "  " + shortAccount(quota.account());
        String percent = DisplayText.right(used + " %", 5);
        String resets = quota.resetsAt() == null ? "" : "resets " + time(quota.resetsAt(), now);
        String pace = quota.pace() == null
                ? ""
                : String.format(Locale.ROOT, "%.1f %%/h", quota.pace())
                        + (quota.runsOutAt() == null ? "" : ", used up at " + time(quota.runsOutAt(), now));
        if (narrow) {
            return "  " + DisplayText.left(name, Math.max(8, columns - 10)) + "  " + screen.paint(paint, percent);
        }
        String more = (quota.blocked() ? "limit reached  " : "") + resets + (pace.isEmpty() ? "" : "  " + pace);
        int nameWidth = 34;
        return "  " + DisplayText.left(name, nameWidth) + "  " + bar + " " + percent + "  "
                + screen.paint(Paint.FAINT, DisplayText.cut(more, columns - nameWidth - BAR - 12));
    }

    private List<String> pipeline(BoardSnapshot snapshot, int columns) {
        List<String> lines = new ArrayList<>();
        snapshot.lastEvents()
                .forEach((account, at) ->
                        lines.add("Last event of " + shortAccount(account) + "  " + ago(at, snapshot.now()) + " ago"));
        if (snapshot.lagSeconds() != null) {
            lines.add(String.format(
                    Locale.ROOT,
                    "Detection lag  %.1f s median, %.1f s largest",
                    snapshot.lagSeconds().median(),
                    snapshot.lagSeconds().largest()));
        }
        Pipeline.Health health = snapshot.pipeline();
        if (health != null) {
            health.groups()
                    .forEach(group -> lines.add("Lag of " + text(group.name()) + "  "
                            + (group.lag() == null ? "nothing read yet" : group.lag() + " behind")));
            if (health.deadLetters() != null) {
                lines.add("Dead letters  " + health.deadLetters());
            }
        }
        return lines.stream()
                .map(line -> "  " + DisplayText.cut(line, columns - 2))
                .toList();
    }

    /** Times within a sentence as the reader's own. */
    private String local(String sentence, Instant now) {
        return INSTANT.matcher(sentence).replaceAll(found -> {
            try {
                return time(Instant.parse(found.group()), now);
            } catch (DateTimeParseException e) {
                return found.group();
            }
        });
    }

    private String age(Instant since, Instant now) {
        return screen.paint(Paint.FAINT, DisplayText.right(since == null ? "" : ago(since, now), AGE));
    }

    private static String ago(Instant since, Instant now) {
        Duration age = since.isAfter(now) ? Duration.ZERO : Duration.between(since, now);
        if (age.toMinutes() < 1) {
            return age.toSeconds() + " s";
        }
        if (age.toHours() < 1) {
            return age.toMinutes() + " min";
        }
        return age.toDays() < 1
                ? age.toHours() + "h" + String.format("%02d", age.toMinutesPart())
                : age.toDays() + " d";
    }

    private String time(Instant at, Instant now) {
        boolean today = at.atZone(zone).toLocalDate().equals(now.atZone(zone).toLocalDate());
        return (today ? TODAY : OTHER_DAY).format(at.atZone(zone));
    }

    private static String place(String repository, String environment) {
        return text(repository == null ? environment : repository);
    }

    private static String shortAccount(String account) {
        return account == null ? "" : text(account.substring(account.lastIndexOf('/') + 1));
    }

    private static String text(String foreign) {
        return foreign == null ? "" : DisplayText.plain(foreign);
    }
}
