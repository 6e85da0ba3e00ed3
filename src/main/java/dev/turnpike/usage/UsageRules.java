package dev.turnpike.usage;

import java.time.Duration;
import java.util.List;

/**
 * What of the alerts is a matter of taste.
 *
 * @param thresholds percentages whose crossing is reported, ascending
 * @param blindAfter usage that rises for so long without a task is reported; zero: never
 * @param unusedBeforeReset so long before a weekly reset it is reported that much is left; zero: never
 * @param unusedPercent what counts as much
 */
public record UsageRules(List<Integer> thresholds, Duration blindAfter, Duration unusedBeforeReset, int unusedPercent) {
    /** The defaults of the settings. */
    public static final UsageRules DEFAULT =
            new UsageRules(List.of(75, 90, 95), Duration.ofHours(24), Duration.ZERO, 50);

    /** Thresholds alone. */
    public UsageRules(List<Integer> thresholds) {
        this(thresholds, Duration.ZERO, Duration.ZERO, 50);
    }

    public UsageRules {
        thresholds = thresholds.stream().sorted().distinct().toList();
    }
}
