package dev.turnpike.board;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Alerts that no later event has ended: what is wrong now. */
final class OpenAlerts {
    private static final int MOST = 5_000;

    private final Map<String, Open> open = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Open> eldest) {
            return size() > MOST;
        }
    };

    /** Topics are read in parallel, so the end of an alert is found by time, not by order of arrival. */
    private record Open(BoardSnapshot.AttentionItem item, Instant at) {}

    void alert(BoardRecord alert) {
        String account = alert.account();
        switch (alert.kind()) {
            case "task.stalled" ->
                put(
                        "stalled:" + alert.text("task_id"),
                        "warning",
                        alert,
                        "Open since " + alert.text("since") + " without an end.",
                        "Open the task: cancel it there, or let it run.");
            case "task.status-conflict" ->
                put(
                        "conflict:" + alert.text("task_id"),
                        "warning",
                        alert,
                        "The list says " + alert.text("listed_status") + ", the task itself "
                                + alert.text("shown_status") + ".",
                        "Open the task to see which is right.");
            case "task.needs-input" ->
                put(
                        "input:" + alert.text("task_id"),
                        "error",
                        alert,
                        "Waits for an approval or an answer.",
                        "Open the task and answer it.");
            case "auth.required" ->
                put(
                        "auth:" + account,
                        "error",
                        alert,
                        "Sign-in required: " + alert.text("message"),
                        alert.text("action"));
            case "auth.recovered" -> open.remove("auth:" + account);
            case "upstream.unavailable" ->
                put(
                        "upstream:" + account,
                        "error",
                        alert,
                        "Codex cannot be polled: " + alert.text("failure") + ".",
                        "Check the network and status.openai.com; polling goes on by itself.");
            case "upstream.recovered" -> open.remove("upstream:" + account);
            case "usage.limit-reached" ->
                put(
                        "limit:" + account + ":" + alert.text("limit"),
                        "warning",
                        alert,
                        "Usage limit " + alert.text("limit") + " reached"
                                + (alert.text("resets_at") == null
                                        ? "."
                                        : ", resets at " + alert.text("resets_at") + "."),
                        "Wait for the reset, or add credits.");
            case "usage.reset" -> open.remove("limit:" + account + ":" + alert.text("limit"));
            case "sink.disabled", "sink.failing" ->
                put(
                        "sink:" + alert.text("sink"),
                        "error",
                        alert,
                        "Sink " + alert.text("sink") + ": " + alert.text("reason"),
                        alert.kind().equals("sink.disabled")
                                ? "Repair the receiver, then resume the sink."
                                : "Repair the receiver; deliveries are retried by themselves.");
            case "sink.recovered" -> open.remove("sink:" + alert.text("sink"));
            default -> {
                // thresholds, forecasts and drift are news, not something that waits for a person
            }
        }
    }

    private void put(String key, String level, BoardRecord alert, String why, String action) {
        Instant since = alert.instant("since") == null ? alert.time() : alert.instant("since");
        open.remove(key);
        open.put(
                key,
                new Open(
                        new BoardSnapshot.AttentionItem(
                                key + ":" + since,
                                level,
                                alert.text("title"),
                                why,
                                since,
                                action,
                                alert.text("url"),
                                alert.text("task_id"),
                                alert.account(),
                                alert.text("environment"),
                                alert.text("repository")),
                        alert.time()));
    }

    /** A turn of the task has ended, which ends the alerts about it. */
    void turnEnded(String taskId, Instant at) {
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
    List<BoardSnapshot.AttentionItem> attention(Predicate<String> running) {
        return open.entrySet().stream()
                .filter(entry -> !entry.getKey().startsWith("stalled:")
                        || running.test(entry.getValue().item().taskId()))
                .map(entry -> entry.getValue().item())
                .toList();
    }
}
