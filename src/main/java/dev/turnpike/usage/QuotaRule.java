package dev.turnpike.usage;

import dev.turnpike.usage.UsageReply.Window;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Decides whether an account's usage lets work start: one rule, in one wording, for commands from Kafka, for
 * {@code ./turnpike task} and for {@code ./turnpike guard}.
 */
public final class QuotaRule {
    private static final double FULL = 100;

    private QuotaRule() {}

    /** What the usage allows. */
    public enum Verdict {
        ALLOWED,
        /** Codex refuses work, whatever bar the caller sets. */
        LIMIT_REACHED,
        /** More is used than the caller's bar allows. */
        OVER_BAR
    }

    /**
     * A verdict and why.
     *
     * @param detail one line for people
     * @param until by upstream's clock, when the windows in the way reset; null when allowed or not known
     */
    public record Result(Verdict verdict, String detail, Instant until) {
        public boolean isAllowed() {
            return verdict == Verdict.ALLOWED;
        }
    }

    /**
     * The verdict on all windows of the limit that ordinary use counts against.
     *
     * @param maxUsedPercent so much of each window may be used, and no more; null where only the limit itself counts
     */
    public static Result judge(UsageReply usage, Integer maxUsedPercent) {
        return judge(usage, maxUsedPercent, null);
    }

    /** @param window the name of the only window that the bar is for, null for all */
    public static Result judge(UsageReply usage, Integer maxUsedPercent, String window) {
        List<Window> windows = windows(usage, window);
        if (isRefused(usage)) {
            List<Window> full = over(windows(usage, null), FULL, true);
            // upstream's word counts: refused without a full window, the nearest reset may lift it
            Instant until = full.isEmpty()
                    ? reset(windows(usage, null), Comparator.reverseOrder())
                    : reset(full, Comparator.naturalOrder());
            return new Result(Verdict.LIMIT_REACHED, "Codex refuses work now" + listed(windows), until);
        }
        if (maxUsedPercent == null) {
            return new Result(Verdict.ALLOWED, "Codex takes work" + listed(windows), null);
        }
        List<Window> over = over(windows, maxUsedPercent, false);
        return over.isEmpty()
                ? new Result(Verdict.ALLOWED, "at most " + maxUsedPercent + "% used" + listed(windows), null)
                : new Result(
                        Verdict.OVER_BAR,
                        "more than " + maxUsedPercent + "% used" + listed(windows),
                        reset(over, Comparator.naturalOrder()));
    }

    /** The windows that the verdict is about. */
    public static List<Window> windows(UsageReply usage, String window) {
        return usage.main().map(UsageReply.Limit::windows).orElse(List.of()).stream()
                .filter(one -> window == null || one.name().equals(window))
                .toList();
    }

    private static boolean isRefused(UsageReply usage) {
        boolean spent = usage.spendControl() != null
                && Boolean.TRUE.equals(usage.spendControl().reached());
        return spent
                || usage.main()
                        .map(limit -> Boolean.TRUE.equals(limit.blocked()))
                        .orElse(false);
    }

    private static List<Window> over(List<Window> windows, double bar, boolean orEqual) {
        return windows.stream()
                .filter(one -> one.usedPercent() > bar || (orEqual && one.usedPercent() == bar))
                .toList();
    }

    private static Instant reset(List<Window> windows, Comparator<Instant> last) {
        return windows.stream()
                .map(Window::resetsAt)
                .filter(Objects::nonNull)
                .max(last)
                .orElse(null);
    }

    private static String listed(List<Window> windows) {
        return windows.isEmpty()
                ? ""
                : windows.stream().map(QuotaRule::line).collect(Collectors.joining(", ", ": ", ""));
    }

    private static String line(Window window) {
        String used =
                BigDecimal.valueOf(window.usedPercent()).stripTrailingZeros().toPlainString();
        return window.name() + " " + used + "%"
                + (window.resetsAt() == null ? "" : " (resets " + window.resetsAt() + ")");
    }
}
