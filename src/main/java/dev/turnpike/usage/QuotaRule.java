package dev.turnpike.usage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.events.EventData;
import dev.turnpike.usage.UsageReply.Window;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Decides whether an account's usage allows work to start, for commands from Kafka, {@code ./turnpike task} and {@code
 * ./turnpike guard}.
 *
 * @param useCredits whether work may go on beyond a limit that is used up, where upstream says that credits pay
 */
public record QuotaRule(boolean useCredits) {
    private static final String ON_CREDITS = "usage window exhausted, running on credits";

    /** The decision. */
    public enum Verdict {
        ALLOWED,
        /** Codex rejects work, regardless of the caller's maximum. */
        LIMIT_REACHED,
        /** More is used than the caller's maximum. */
        OVER_BAR
    }

    /**
     * A verdict and why.
     *
     * @param detail one line for people
     * @param windows those that the detail lists
     * @param until by upstream's clock, when the used-up windows reset; null when allowed or not known
     */
    public record Result(Verdict verdict, String detail, List<Window> windows, Instant until) {
        private Result(Verdict verdict, String why, Instant until, List<Window> windows) {
            this(verdict, why + listed(windows), windows, until);
        }

        public boolean isAllowed() {
            return verdict == Verdict.ALLOWED;
        }

        /** A code, the same as in replies to commands; null when allowed. */
        public String reason() {
            return switch (verdict) {
                case ALLOWED -> null;
                case LIMIT_REACHED -> "usage-limit";
                case OVER_BAR -> "usage-over-bar";
            };
        }

        /** The verdict for programs, with the field names of replies to commands and of usage events. */
        public ObjectNode json(int maxUsedPercent) {
            EventData data = EventData.empty()
                    .bool("ok", isAllowed())
                    .text("reason", reason())
                    .text("detail", detail)
                    .time("until", until)
                    .number("max_used_percent", maxUsedPercent);
            ArrayNode listed = data.list("windows");
            for (Window window : windows) {
                String limit = Spending.isSpending(window) ? Spending.LIMIT : UsageReply.MAIN_LIMIT;
                listed.add(UsageObservation.window(limit, window, window.resetsAt()));
            }
            return data.node();
        }
    }

    /**
     * The verdict on all windows that ordinary use counts against.
     *
     * @param maxUsedPercent maximum percentage used of each window; null where only the limit itself counts
     */
    public Result judge(UsageReply usage, Integer maxUsedPercent) {
        return judge(usage, maxUsedPercent, null);
    }

    /**
     * Whether the usage allows work.
     *
     * @param window the name of the only window to check, null for all
     */
    public Result judge(UsageReply usage, Integer maxUsedPercent, String window) {
        boolean onCredits = usage.isOnCredits();
        boolean isPaid = onCredits && useCredits;
        if (isRefused(usage) && !isPaid) {
            return refused(usage, window, onCredits);
        }
        // credits pay beyond the plan's windows; the spending limit still applies
        List<Window> windows = (isPaid ? Spending.windows(usage) : usage.windows())
                .stream().filter(one -> isNamed(one, window)).toList();
        List<Window> all = windows(usage, window);
        List<Window> over = windows.stream()
                .filter(one -> maxUsedPercent != null && one.usedPercent() > maxUsedPercent)
                .toList();
        if (!over.isEmpty()) {
            return new Result(
                    Verdict.OVER_BAR,
                    "more than " + maxUsedPercent + "% used",
                    reset(over, Comparator.naturalOrder()),
                    all);
        }
        if (onCredits && !isPaid) {
            return refused(usage, window, true);
        }
        String allowed = maxUsedPercent == null ? "Codex accepts work" : "at most " + maxUsedPercent + "% used";
        return new Result(Verdict.ALLOWED, isPaid ? ON_CREDITS : allowed, null, all);
    }

    private static Result refused(UsageReply usage, String window, boolean onCredits) {
        List<Window> full = usage.windows().stream().filter(Window::isExhausted).toList();
        // upstream decides: if it rejects work without a full window, the nearest reset may end that
        Instant until = full.isEmpty()
                ? reset(usage.windows(), Comparator.reverseOrder())
                : reset(full, Comparator.naturalOrder());
        String word = usage.isSpent() && usage.reachedType() != null ? " (" + usage.reachedType() + ")" : "";
        String why = onCredits
                ? ON_CREDITS + ", which commands.use-credits does not allow"
                : "Codex refuses work now" + word;
        // those that are used up too, since they may be the reason
        List<Window> named = usage.windows().stream()
                .filter(one -> isNamed(one, window) || full.contains(one))
                .toList();
        return new Result(Verdict.LIMIT_REACHED, why, until, named);
    }

    /** The windows that the verdict is about. */
    public static List<Window> windows(UsageReply usage, String window) {
        return usage.windows().stream().filter(one -> isNamed(one, window)).toList();
    }

    private static boolean isNamed(Window one, String name) {
        return name == null || one.name().equals(name);
    }

    private static boolean isRefused(UsageReply usage) {
        return usage.isSpent()
                || usage.main()
                        .map(limit -> Boolean.TRUE.equals(limit.blocked()))
                        .orElse(false);
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
