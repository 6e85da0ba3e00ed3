package dev.turnpike.commandline.output;

import dev.turnpike.board.BoardSnapshot;
import dev.turnpike.board.Pipeline;
import dev.turnpike.board.TaskRow;
import dev.turnpike.board.TurnRow;
import dev.turnpike.commandline.output.Screen.Paint;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Formats one snapshot of the board, one line per entry, none wider than the terminal. */
final class TopRows {
    private static final int NARROW = 72;
    private static final int AGE = 8;
    private static final int PLACE = 22;
    private static final int CHANGES = 11;
    private static final int BAR_COLUMNS = 20;
    private static final int QUOTA_NAME = 34;

    private final Screen screen;
    private final BoardSnapshot snapshot;
    private final int columns;
    private final boolean narrow;
    private final TopTimes times;

    TopRows(Screen screen, ZoneId zone, BoardSnapshot snapshot, int columns) {
        this.screen = screen;
        this.snapshot = snapshot;
        this.columns = columns;
        this.narrow = columns < NARROW;
        this.times = new TopTimes(snapshot.now(), zone);
    }

    String needsYou(BoardSnapshot.AttentionItem item) {
        boolean error = item.level().equals("error");
        String title = item.title() == null ? shortAccount(item.account()) : text(item.title());
        String why = times.local(text(item.why())) + (narrow ? "" : " → " + text(item.action()));
        int room = columns - 4 - AGE - 2;
        int titleWidth = Math.min(DisplayText.width(title), room * 2 / 5);
        return "  " + screen.paint(error ? Paint.BAD : Paint.WARN, error ? "✗" : "!") + " "
                + DisplayText.left(title, titleWidth) + "  "
                + screen.paint(Paint.FAINT, DisplayText.left(why, room - titleWidth - 2))
                + "  " + age(item.since());
    }

    String running(TaskRow task) {
        String attempts = task.attempts() > 1 ? task.attempts() + " attempts" : "";
        return row(
                "▸",
                text(task.title() == null ? task.id() : task.title()),
                task.status().equals("pending") ? "pending" : attempts,
                place(task.repository(), task.environment()),
                task.createdAt());
    }

    String finished(TurnRow turn) {
        String title = text(turn.title() == null ? turn.taskId() : turn.title());
        String pulls = turn.pullRequests().stream()
                .map(pull -> " #" + pull.number() + " " + text(pull.state()))
                .collect(Collectors.joining());
        return row(
                TurnLine.mark(screen, turn.status()),
                title + (turn.error() != null ? ": " + text(turn.error()) : pulls),
                turn.diffStats() == null ? "" : TurnLine.changed(turn.diffStats()),
                place(turn.repository(), turn.environment()),
                turn.endedAt());
    }

    /** Mark, title, and as much of the rest as fits. */
    private String row(String mark, String title, String detail, String place, Instant since) {
        int room = columns - 4 - 2 - AGE - (narrow ? 0 : CHANGES + PLACE + 4);
        return "  " + mark + " " + DisplayText.left(title, Math.max(8, room))
                + (narrow
                        ? ""
                        : "  " + DisplayText.right(detail, CHANGES) + "  "
                                + screen.paint(Paint.FAINT, DisplayText.left(place, PLACE)))
                + "  " + age(since);
    }

    String quota(BoardSnapshot.Quota quota) {
        int used = (int) Math.round(quota.usedPercent());
        Paint paint = quota.blocked() || used >= 90 ? Paint.BAD : used >= 75 ? Paint.WARN : Paint.GOOD;
        String name = text(quota.limit()) + " " + text(quota.window()) + "  " + shortAccount(quota.account());
        String percent = DisplayText.right(used + " %", 5);
        if (narrow) {
            return "  " + DisplayText.left(name, Math.max(8, columns - 10)) + "  " + screen.paint(paint, percent);
        }
        int filled = Math.min(BAR_COLUMNS, Math.max(0, used * BAR_COLUMNS / 100));
        String bar =
                screen.paint(paint, "█".repeat(filled)) + screen.paint(Paint.FAINT, "░".repeat(BAR_COLUMNS - filled));
        return "  " + DisplayText.left(name, QUOTA_NAME) + "  " + bar + " " + percent + "  "
                + screen.paint(Paint.FAINT, DisplayText.cut(outlook(quota), columns - QUOTA_NAME - BAR_COLUMNS - 12));
    }

    private String outlook(BoardSnapshot.Quota quota) {
        String resets = quota.resetsAt() == null ? "" : "resets " + times.clock(quota.resetsAt());
        String pace = quota.pace() == null
                ? ""
                : String.format(Locale.ROOT, "  %.1f %%/h", quota.pace())
                        + (quota.runsOutAt() == null ? "" : ", used up at " + times.clock(quota.runsOutAt()));
        return (quota.blocked() ? "limit reached  " : "") + resets + pace;
    }

    List<String> pipeline() {
        List<String> lines = new ArrayList<>();
        snapshot.lastEvents()
                .forEach((account, at) ->
                        lines.add("Last event of " + shortAccount(account) + "  " + times.since(at) + " ago"));
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

    private String age(Instant since) {
        return screen.paint(Paint.FAINT, DisplayText.right(since == null ? "" : times.since(since), AGE));
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

    /** Times relative to now, in the zone of the terminal. */
    private record TopTimes(Instant now, ZoneId zone) {
        private static final Pattern INSTANT =
                Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z");
        private static final DateTimeFormatter TODAY = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
        private static final DateTimeFormatter OTHER_DAY = DateTimeFormatter.ofPattern("EEE HH:mm", Locale.ROOT);

        /** A sentence with its times in the terminal's zone. */
        String local(String sentence) {
            return INSTANT.matcher(sentence).replaceAll(found -> {
                try {
                    return clock(Instant.parse(found.group()));
                } catch (DateTimeParseException e) {
                    return found.group();
                }
            });
        }

        /** The time of the day, with the weekday unless it is today. */
        String clock(Instant at) {
            boolean today =
                    at.atZone(zone).toLocalDate().equals(now.atZone(zone).toLocalDate());
            return (today ? TODAY : OTHER_DAY).format(at.atZone(zone));
        }

        /** How long ago it was, in one unit. */
        String since(Instant at) {
            Duration age = at.isAfter(now) ? Duration.ZERO : Duration.between(at, now);
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
    }
}
