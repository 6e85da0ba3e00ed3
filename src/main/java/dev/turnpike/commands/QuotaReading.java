package dev.turnpike.commands;

import java.time.Instant;
import java.util.List;

/**
 * What the quota gate looks at of an account's usage.
 *
 * @param blocked whether upstream says that nothing may run now
 * @param windows of the limit that ordinary use counts against
 */
public record QuotaReading(boolean blocked, List<Window> windows) {
    public QuotaReading {
        windows = List.copyOf(windows);
    }

    /**
     * One window.
     *
     * @param name for people
     * @param resetsAt by upstream's clock, null when it does not say
     */
    public record Window(String name, double usedPercent, Instant resetsAt) {}
}
