package dev.turnpike.usage;

import java.time.Duration;
import java.util.List;

/**
 * Settings of the usage alerts.
 *
 * @param thresholds percentages whose crossing is reported, ascending
 * @param blindAfter how long usage rises without a task until that is reported; zero: never
 * @param unusedBeforeReset how long before a weekly reset unused quota is reported; zero: never
 * @param unusedPercent minimum percentage left for that
 */
public record UsageRules(List<Integer> thresholds, Duration blindAfter, Duration unusedBeforeReset, int unusedPercent) {
    /** The defaults of the settings. */
    public static final UsageRules DEFAULT =
            new UsageRules(List.of(75, 90, 95), Duration.ofHours(24), Duration.ZERO, 50);

    public UsageRules {
        thresholds = thresholds.stream().sorted().distinct().toList();
    }
}
