package dev.turnpike.board;

import dev.turnpike.board.BoardSnapshot.AttentionItem;
import dev.turnpike.json.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Alerts that no later event has ended: what is wrong now. */
final class OpenAlerts {
    private static final int MOST = 5_000;
    private static final Pattern FIELD = Pattern.compile("((?:\\[[^{]*)?)\\{(\\w+)}]?");
    /** Level, key, reason and action of each kind of alert; only the key of what ends one. */
    private static final Map<String, List<String>> WORDS = Json.table(OpenAlerts.class, "attention.json");

    private final Map<String, Open> open = new LinkedHashMap<>();
    /** By task, when the latest turn known to have ended did so: an alert about it may be read after that turn. */
    private final Map<String, Instant> ended = new LinkedHashMap<>();

    /** Topics are read in parallel, so the end of an alert is found by time, not by order of arrival. */
    private record Open(AttentionItem item, Instant at) {}

    /** Thresholds, forecasts and drift are not in the table: they are news, not something that waits for a person. */
    void alert(BoardRecord alert) {
        List<String> words = WORDS.get(alert.kind());
        if (words == null) {
            return;
        }
        String key = fill(words.get(1), alert);
        open.remove(key);
        Instant end = ended.getOrDefault(alert.text("task_id"), Instant.MIN);
        if (words.size() > 2 && alert.time().isAfter(end)) {
            Instant since = alert.instant("since") == null ? alert.time() : alert.instant("since");
            AttentionItem item = new AttentionItem(
                    key + ":" + since,
                    words.get(0),
                    alert.text("title"),
                    fill(words.get(2), alert),
                    since,
                    fill(words.get(3), alert),
                    alert.text("url"),
                    alert.text("task_id"),
                    alert.account(),
                    alert.text("environment"),
                    alert.text("repository"));
            BoardState.add(open, key, new Open(item, alert.time()), MOST);
        }
    }

    /** The words with the alert's fields in braces; what is in brackets is left out without its field. */
    private static String fill(String words, BoardRecord alert) {
        return FIELD.matcher(words).replaceAll(found -> {
            String field = found.group(2);
            String value = field.equals("account") ? alert.account() : alert.text(field);
            boolean left = value == null && !found.group(1).isEmpty();
            return left ? "" : Matcher.quoteReplacement(found.group(1).replace("[", "") + value);
        });
    }

    /** A turn of the task has ended, which ends the alerts about it. */
    void turnEnded(String taskId, Instant at) {
        Instant known = ended.getOrDefault(taskId, at);
        BoardState.add(ended, taskId, known.isAfter(at) ? known : at, MOST);
        List.of("stalled:", "conflict:", "input:").forEach(kind -> end(kind + taskId, at));
    }

    /** Upstream says that the account may run: a limit that was reached before is not any more. */
    void mayRun(String account, String limit, Instant at) {
        end("limit:" + account + ":" + limit, at);
    }

    private void end(String key, Instant at) {
        open.computeIfPresent(key, (same, alert) -> alert.at().isAfter(at) ? alert : null);
    }

    /** @param running whether a task runs: one that does not can no longer be stalled */
    List<AttentionItem> attention(Predicate<String> running) {
        return open.entrySet().stream()
                .filter(entry -> !entry.getKey().startsWith("stalled:")
                        || running.test(entry.getValue().item().taskId()))
                .map(entry -> entry.getValue().item())
                .toList();
    }
}
