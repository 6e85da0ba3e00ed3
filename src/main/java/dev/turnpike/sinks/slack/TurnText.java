package dev.turnpike.sinks.slack;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.sinks.delivery.SinkEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Texts about a turn, common to several kinds of messages. */
final class TurnText {

    /** {@code :white_check_mark: Completed}. */
    static String outcome(SinkEvent turn) {
        if (turn.isOfAttempts()) {
            return ":bar_chart: All attempts have ended";
        }
        return outcome(turn.kind().substring(turn.kind().indexOf('.') + 1));
    }

    /** The same for a status; what is not known is shown as it is. */
    static String outcome(String status) {
        return switch (status) {
            case "completed" -> ":white_check_mark: Completed";
            case "failed" -> ":x: Failed";
            case "cancelled" -> ":no_entry_sign: Cancelled";
            default -> ":information_source: " + SlackText.line(status, 80);
        };
    }

    /** Without the emoji it begins with. */
    static String plain(String outcome) {
        return outcome.replaceFirst("^:\\w+: ", "");
    }

    static String title(SinkEvent turn, int max) {
        String title = turn.text("title").isBlank() ? turn.text("task_id") : turn.text("title");
        return SlackText.link(turn.text("url"), SlackText.line(title, max));
    }

    /** Repository, size and duration on one line, as far as known; else empty. */
    static String facts(SinkEvent turn) {
        List<String> facts = new ArrayList<>();
        Stream.of("environment", "repository")
                .map(turn::text)
                .filter(name -> !name.isBlank())
                .distinct()
                .forEach(name -> facts.add(SlackText.line(name, 100)));
        if (!turn.text("branch").isBlank()) {
            facts.add("`" + SlackText.line(turn.text("branch").replace("`", "'"), 100) + "`");
        }
        lines(turn.data(), facts);
        JsonNode seconds = turn.data().path("duration_seconds");
        if (seconds.isNumber()) {
            facts.add(duration(Duration.ofSeconds(Math.round(seconds.asDouble()))));
        }
        int attempts = turn.data().path("attempt_count").asInt(1);
        if (attempts > 1) {
            facts.add(attempts + " attempts");
        }
        return String.join("  ·  ", facts);
    }

    /** {@code +12 −3 in 2 files}, where it is known. */
    static void lines(JsonNode turn, List<String> facts) {
        JsonNode stats = turn.path("diff_stats");
        if (stats.isObject()) {
            int files = stats.path("files_modified").asInt();
            facts.add("+" + stats.path("lines_added").asInt() + " −"
                    + stats.path("lines_removed").asInt() + " in " + files + (files == 1 ? " file" : " files"));
        }
    }

    private static String duration(Duration time) {
        if (time.toHours() > 0) {
            return time.toHours() + " h " + time.toMinutesPart() + " min";
        }
        return time.toMinutes() > 0
                ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
                : time.toSeconds() + " s";
    }

    private TurnText() {}
}
