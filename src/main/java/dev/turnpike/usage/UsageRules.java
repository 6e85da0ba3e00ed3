package dev.turnpike.usage;

import java.util.List;

/**
 * What of the telling is a matter of taste.
 *
 * @param thresholds percentages whose crossing is told, ascending
 */
public record UsageRules(List<Integer> thresholds) {
    /** What the settings say where nobody set anything. */
    public static final UsageRules DEFAULT = new UsageRules(List.of(75, 90, 95));

    /** From percentages as the settings give them. */
    public static UsageRules of(List<Long> percentages) {
        return new UsageRules(percentages.stream().map(Long::intValue).toList());
    }

    public UsageRules {
        thresholds = thresholds.stream().sorted().distinct().toList();
    }
}
