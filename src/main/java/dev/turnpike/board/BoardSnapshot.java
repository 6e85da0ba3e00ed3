package dev.turnpike.board;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Everything that the board shows, at one moment: the reply of {@code /api/state}, and what {@code turnpike top} prints.
 *
 * @param complete whether everything that was in the topics at the start has been read
 * @param turns in no order, at most as many as the board keeps
 * @param lagSeconds null where no turn of late has one
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

    /** Median and largest detection lag of the latest turns, in seconds. */
    public record Lag(double median, double largest) {}
}
