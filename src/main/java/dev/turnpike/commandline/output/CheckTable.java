package dev.turnpike.commandline.output;

import dev.turnpike.commandline.output.Screen.Paint;
import dev.turnpike.doctor.Check;
import dev.turnpike.json.Json;
import java.util.ArrayList;
import java.util.List;

/** Prints the findings of {@code doctor}, for people and for programs. */
public record CheckTable(Screen screen) {
    private static final String WHAT_TO_DO = "→ ";

    /** A line per check, and below it what to do. */
    public List<String> lines(List<Check> checks) {
        int subjects = checks.stream()
                .mapToInt(check -> DisplayText.width(check.subject()))
                .max()
                .orElse(0);
        int indent = 2 + subjects + 2;
        List<String> lines = new ArrayList<>();
        for (Check check : checks) {
            lines.add(mark(check) + " " + DisplayText.left(DisplayText.plain(check.subject()), subjects) + "  "
                    + DisplayText.plain(check.finding()));
            if (!check.advice().isEmpty()) {
                lines.add(" ".repeat(indent) + WHAT_TO_DO + DisplayText.plain(check.advice()));
            }
        }
        return lines;
    }

    /** {@code {"ok": ..., "checks": [{"subject", "state", "finding", "advice"}]}} on one line. */
    public static String json(List<Check> checks) {
        return Json.text(new Report(checks.stream().noneMatch(Check::isFailed), checks));
    }

    private record Report(boolean ok, List<Check> checks) {}

    private String mark(Check check) {
        return switch (check.state()) {
            case OK -> screen.paint(Paint.GOOD, "✓");
            case WARNING -> screen.paint(Paint.WARN, "!");
            case FAILED -> screen.paint(Paint.BAD, "✗");
            case SKIPPED -> screen.paint(Paint.FAINT, "–");
        };
    }
}
