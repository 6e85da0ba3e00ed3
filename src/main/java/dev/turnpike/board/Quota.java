package dev.turnpike.board;

import java.time.Instant;
import java.util.List;

/**
 * One usage window of an account.
 *
 * @param blocked whether it is the one that keeps the account from running
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
