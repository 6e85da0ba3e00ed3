package dev.turnpike.board;

import dev.turnpike.json.Json;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The state that the board shows: the reply of {@code /api/state}, and the content of {@code turnpike top}.
 *
 * @param complete whether everything that was in the topics at the start has been read
 * @param turns unordered, at most as many as the board keeps
 * @param lagSeconds null where no recent turn has one
 * @param lastEvents when the newest event of each account happened
 */
public record BoardSnapshot(
        Instant now,
        boolean complete,
        List<AttentionItem> attention,
        List<TaskRow> running,
        List<TurnRow> turns,
        List<Quota> quotas,
        Lag lagSeconds,
        Map<String, Instant> lastEvents,
        Pipeline.Health pipeline) {
    /** As one line of JSON, the reply of {@code /api/state}. */
    public String json() {
        return Json.text(Board.JSON, this);
    }

    /** Median and largest detection lag of the latest turns, in seconds. */
    public record Lag(double median, double largest) {}

    /**
     * Something that waits for a person.
     *
     * @param key the same for the same episode, so that a reader can dismiss it
     * @param level {@code error} or {@code warning}
     * @param why one sentence, with upstream's message where there is one
     * @param action what a person can do
     */
    public record AttentionItem(
            String key,
            String level,
            String title,
            String why,
            Instant since,
            String action,
            String url,
            String taskId,
            String account,
            String environment,
            String repository) {}

    /**
     * One usage window of an account.
     *
     * @param blocked whether this window blocks the account
     * @param pace percent per hour over the shown samples, null where there are too few
     * @param runsOutAt when it is used up at that pace, null where it resets before
     * @param samples Unix seconds and percent, oldest first
     */
    public record Quota(
            String account,
            String plan,
            String limit,
            String window,
            long windowSeconds,
            double usedPercent,
            Instant resetsAt,
            Instant observedAt,
            boolean blocked,
            Double pace,
            Instant runsOutAt,
            List<double[]> samples) {}
}
