package dev.turnpike.commands;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Decides whether an account's usage lets a task start, and if not, when to look again. */
public final class QuotaGate {
    /** Where upstream does not say when a window resets. */
    private static final Duration BLIND = Duration.ofMinutes(5);

    private static final double FULL = 100;

    private QuotaGate() {}

    /**
     * Lets through or throws.
     *
     * @param maxUsedPercent a lower bar than the limit itself, null for none
     * @param at when the reading was made, by upstream's clock
     * @param shortest wait, since a reset that is told for now may take a moment
     * @throws CommandDeferredException until the windows that are in the way have been reset
     */
    public static void check(QuotaReading reading, Integer maxUsedPercent, Instant at, Duration shortest) {
        double bar = maxUsedPercent == null ? FULL : maxUsedPercent;
        List<QuotaReading.Window> over = reading.windows().stream()
                .filter(window -> window.usedPercent() >= bar)
                .toList();
        if (reading.blocked()) {
            List<QuotaReading.Window> full = reading.windows().stream()
                    .filter(window -> window.usedPercent() >= FULL)
                    .toList();
            // upstream's word counts: blocked without a full window, the nearest reset may lift it
            Duration wait = full.isEmpty() ? earliest(reading.windows(), at) : latest(full, at);
            throw new CommandDeferredException(
                    "usage-limit", Timings.longer(wait, shortest), "the usage limit is reached" + told(full), true);
        }
        if (maxUsedPercent != null && !over.isEmpty()) {
            throw new CommandDeferredException(
                    "usage-over-bar",
                    Timings.longer(latest(over, at), shortest),
                    "more of a usage window is used than max_used_percent " + maxUsedPercent + " allows" + told(over),
                    true);
        }
    }

    private static Duration latest(List<QuotaReading.Window> windows, Instant at) {
        return wait(windows, at, Comparator.naturalOrder());
    }

    private static Duration earliest(List<QuotaReading.Window> windows, Instant at) {
        return wait(windows, at, Comparator.reverseOrder());
    }

    private static Duration wait(List<QuotaReading.Window> windows, Instant at, Comparator<Instant> last) {
        return windows.stream()
                .map(QuotaReading.Window::resetsAt)
                .filter(Objects::nonNull)
                .max(last)
                // told in whole seconds, so a moment later
                .map(reset -> Duration.between(at, reset).plusSeconds(1))
                .orElse(BLIND);
    }

    private static String told(List<QuotaReading.Window> windows) {
        StringBuilder told = new StringBuilder();
        for (QuotaReading.Window window : windows) {
            told.append(told.isEmpty() ? ": " : ", ")
                    .append(window.name())
                    .append(String.format(Locale.ROOT, " %.0f %%", window.usedPercent()));
        }
        return told.toString();
    }
}
