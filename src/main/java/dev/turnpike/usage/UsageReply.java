package dev.turnpike.usage;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The reply to {@code GET usage}, reduced to what may be published: without e-mail addresses and user ids.
 *
 * @param plan upstream's name of the plan, null when absent
 * @param limits the account's limits, the main one first; empty when upstream shows none
 * @param reachedType upstream's reason why the account is blocked, null when absent
 * @param credits null when absent
 * @param spendControl null when absent
 * @param resetCredits how many early resets the account may redeem, null when absent
 * @param models those for which upstream says whether they may be used now
 */
public record UsageReply(
        String plan,
        List<Limit> limits,
        String reachedType,
        Credits credits,
        SpendControl spendControl,
        Integer resetCredits,
        List<Model> models) {
    /** The id of the limit that ordinary use counts against. */
    public static final String MAIN_LIMIT = "codex";

    public UsageReply {
        limits = List.copyOf(limits);
        models = List.copyOf(models);
    }

    /** The windows that ordinary use counts against: those of the main limit, and the limit on spending. */
    public List<Window> windows() {
        List<Window> windows = new ArrayList<>();
        main().ifPresent(limit -> windows.addAll(limit.windows()));
        windows.addAll(Spending.windows(this));
        return windows;
    }

    /**
     * Whether a limit on spending is reached, or the credits of the workspace are, which no window shows: no other
     * credits help then.
     */
    public boolean isSpent() {
        return (spendControl != null && Boolean.TRUE.equals(spendControl.reached()))
                || (reachedType != null && reachedType.startsWith("workspace_"));
    }

    /** Whether work goes on beyond a limit that is used up, since upstream says that credits pay for it. */
    public boolean isOnCredits() {
        return main().map(Limit::isUsedUp).orElse(false) && !isSpent() && hasCredits();
    }

    private boolean hasCredits() {
        return credits != null
                && (Boolean.TRUE.equals(credits.unlimited())
                        || (Boolean.TRUE.equals(credits.hasCredits()) && !credits.isUsedUp()))
                && !Boolean.TRUE.equals(credits.overageLimitReached());
    }

    /** The limit that ordinary use counts against; empty when upstream shows none. */
    public Optional<Limit> main() {
        return limits.stream().filter(limit -> limit.id().equals(MAIN_LIMIT)).findFirst();
    }

    /**
     * One limit with its windows.
     *
     * @param id {@code codex}, or the metered feature
     * @param name upstream's name for people, null for the main limit
     * @param allowed whether the account may run now, null when upstream does not say
     * @param reached whether upstream calls it used up, null when upstream does not say
     */
    public record Limit(String id, String name, Boolean allowed, Boolean reached, List<Window> windows) {
        public Limit {
            windows = List.copyOf(windows);
        }

        /** By upstream's own fields and never by percent; null when both are missing. */
        public Boolean blocked() {
            if (allowed == null && reached == null) {
                return null;
            }
            return Boolean.FALSE.equals(allowed) || Boolean.TRUE.equals(reached);
        }

        /** By upstream's fields or by a window alone, since upstream still allows work while credits pay. */
        boolean isUsedUp() {
            return Boolean.TRUE.equals(blocked()) || windows.stream().anyMatch(Window::isExhausted);
        }
    }

    /**
     * One window of a limit.
     *
     * @param name by its length: {@code five_hour}, {@code weekly}, {@code monthly}, else its seconds such as {@code 86400s}
     * @param seconds its length, 0 when unknown
     * @param usedPercent usually whole; from 0 to a million, since larger numbers cannot be compared by points
     * @param resetsAt by upstream's clock, null when it does not say
     */
    public record Window(String name, long seconds, double usedPercent, Instant resetsAt) {
        private static final long HOUR = 3600;
        private static final long DAY = 24 * HOUR;

        public Window {
            usedPercent = Math.max(0, Math.min(usedPercent, 1e6));
        }

        /**
         * The name of a window by its length. Its place in the reply says nothing: a week has stood in the primary place.
         * The lengths seen are some short of the round number (17940 and 604740 seconds), and a month has 28 to 31 days.
         */
        static String nameOf(long seconds) {
            if (isAbout(seconds, 5 * HOUR)) {
                return "five_hour";
            }
            if (isAbout(seconds, 7 * DAY)) {
                return "weekly";
            }
            // with an hour more or less where the clocks change
            return seconds >= 28 * DAY - HOUR && seconds <= 31 * DAY + HOUR ? "monthly" : seconds + "s";
        }

        /** Within one percent. */
        private static boolean isAbout(long seconds, long round) {
            return Math.abs(seconds - round) <= round / 100;
        }

        boolean isExhausted() {
            return usedPercent >= 100;
        }
    }

    /**
     * Whether a model may be used now; each part but the name is null when absent.
     *
     * @param slug upstream's name of the model
     * @param availableAt when it can be used again
     * @param creditsWouldEnable whether bought credits would make it usable
     */
    public record Model(String slug, Boolean available, Instant availableAt, Boolean creditsWouldEnable) {}

    /**
     * Bought credits; each part is null when absent.
     *
     * @param balance a decimal number as upstream writes it
     */
    public record Credits(Boolean hasCredits, Boolean unlimited, String balance, Boolean overageLimitReached) {
        /** Upstream has reported {@code has_credits} for an account with a balance of 0. */
        boolean isUsedUp() {
            return balance != null && new BigDecimal(balance).signum() <= 0;
        }
    }

    /**
     * A limit on spending, set by the workspace; each part is null when absent. The amounts are decimal numbers as
     * upstream writes them.
     */
    public record SpendControl(
            Boolean reached, String limit, String used, String remaining, Double usedPercent, Instant resetsAt) {}
}
