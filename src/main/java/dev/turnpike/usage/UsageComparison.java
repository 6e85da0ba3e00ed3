package dev.turnpike.usage;

import static dev.turnpike.usage.WindowComparison.lasts;

import dev.turnpike.events.Event;
import dev.turnpike.usage.KnownUsage.KnownLimit;
import dev.turnpike.usage.KnownUsage.Unseen;
import dev.turnpike.usage.UsageReply.Limit;
import dev.turnpike.usage.UsageReply.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares a poll of an account's usage with the known state: a pure function, repeated against the committed state
 * before its result is written. Each alert is raised once per episode, across restarts, since episodes are part of the
 * known state.
 */
public record UsageComparison(UsageRules rules) {
    /** A little less than an hour, so that polls each minute report at least once an hour. */
    private static final Duration REPORT_AGAIN = Duration.ofMinutes(58);
    /** A reply older than the known state by up to this was overtaken by another; by more, the clock was corrected. */
    private static final Duration OVERTAKEN = Duration.ofMinutes(10);
    /** Longer than the interval between writes of the known state, which is at most an hour. */
    private static final Duration AWAY = Duration.ofHours(2);
    /** Windows not seen for this long after their reset are deleted. */
    private static final Duration FORGET = Duration.ofDays(35);
    /** Windows of earlier replies that are kept at most; the state topic does not accept records of any size. */
    private static final int MOST_UNSEEN = 64;

    /**
     * Compares a reading.
     *
     * @param known null when the account's usage was never seen
     * @param runs the turns that run, or ran lately
     */
    public Change compare(KnownUsage known, UsageObservation seen, TurnRuns runs) {
        KnownUsage before = known == null ? KnownUsage.NOTHING : known;
        Instant at = seen.at();
        if (at.isBefore(before.at()) && !at.isBefore(before.at().minus(OVERTAKEN))) {
            return new Change(before, List.of());
        }
        UsageEvents events = new UsageEvents(seen);
        UsageAlerts alerting = new UsageAlerts(seen);
        List<Event> alerts = new ArrayList<>();
        List<UsageEvents.Rising> rises = new ArrayList<>();
        Map<String, KnownWindow> nextWindows = new TreeMap<>();
        Map<String, Instant> unused = new TreeMap<>(before.unused());
        unused.values().removeIf(reset -> !reset.isAfter(at));
        boolean away = lasts(before.at(), at, AWAY);
        for (Limit limit : Spending.withLimits(seen.reply())) {
            for (Window window : limit.windows()) {
                String key = KnownUsage.windowKey(limit.id(), window.name());
                WindowComparison.Change change =
                        new WindowComparison(rules).compare(before.windows().get(key), window, at, away);
                nextWindows.put(key, change.next());
                report(alerting, limit, window, change, alerts);
                if (isUnused(limit, window, change.next(), unused.get(key), at)) {
                    unused.put(key, change.next().resetsAt());
                    alerts.add(alerting.unusedBeforeReset(limit, window, change.next()));
                }
                if (change.rise() != null) {
                    rises.add(new UsageEvents.Rising(limit, window, change.rise()));
                }
            }
        }
        keepUnseen(before.windows(), nextWindows, at);

        Map<String, KnownLimit> blocked = blocked(before, seen, alerting, alerts);
        Unseen unseen = away && (before.unseen() == null || !before.unseen().reported())
                ? null // turns that ran meanwhile may not be known yet
                : Unseen.next(before.unseen(), risesFrom(rises), runs, at, rules.blindAfter());
        if (unseen != null && unseen.reported() && !before.unseen().reported()) {
            alerts.add(alerting.blind(unseen));
        }
        KnownUsage next = new KnownUsage(
                before.at(), before.reportedAt(), before.reported(), blocked, nextWindows, unused, unseen);
        String fingerprint = events.fingerprint(next);
        boolean reportAgain = Duration.between(before.reportedAt(), at).abs().compareTo(REPORT_AGAIN) >= 0;
        List<Event> all = new ArrayList<>();
        if (reportAgain || !fingerprint.equals(before.reported())) {
            all.add(events.observed());
            next = next.reported(at, fingerprint);
        } else if (!next.equals(before)) {
            next = next.at(at);
        }
        if (!rises.isEmpty()) {
            all.add(events.delta(rises, runs));
        }
        all.addAll(alerts);
        return new Change(next, all);
    }

    /** Since when ordinary use rises, null when it does not; reviews count against a limit of their own, and are no tasks. */
    private static Instant risesFrom(List<UsageEvents.Rising> rises) {
        return rises.stream()
                .filter(rising -> isOrdinary(rising.limit()))
                .map(rising -> rising.rise().since())
                .min(Instant::compareTo)
                .orElse(null);
    }

    private static boolean isOrdinary(Limit limit) {
        return limit.id().equals(UsageReply.MAIN_LIMIT) || limit.id().equals(Spending.LIMIT);
    }

    /** Whether much of a week is left shortly before its reset, and that was not reported of this one. */
    private boolean isUnused(Limit limit, Window window, KnownWindow known, Instant reported, Instant at) {
        Instant reset = known.resetsAt();
        if (!isOrdinary(limit) || !window.name().equals("weekly") || reset == null || !reset.isAfter(at)) {
            return false;
        }
        boolean soon = Duration.between(at, reset).compareTo(rules.unusedBeforeReset()) <= 0;
        double left = 100 - Math.max(known.peak(), window.usedPercent());
        boolean another =
                reported == null || Duration.between(reported, reset).abs().toSeconds() > window.seconds() / 2;
        return soon && left >= rules.unusedPercent() && another;
    }

    private static void report(
            UsageAlerts alerting, Limit limit, Window window, WindowComparison.Change change, List<Event> alerts) {
        if (change.reset() != null) {
            alerts.add(alerting.reset(limit, window, change));
        }
        if (!change.crossed().isEmpty()) {
            alerts.add(alerting.thresholdCrossed(limit, window, change));
        }
        if (change.outlook() != null) {
            alerts.add(alerting.forecast(limit, window, change));
        }
    }

    /** The limits that block now, or did so lately. */
    private static Map<String, KnownLimit> blocked(
            KnownUsage before, UsageObservation seen, UsageAlerts alerting, List<Event> alerts) {
        Map<String, Limit> limits = new LinkedHashMap<>();
        Spending.withLimits(seen.reply()).forEach(limit -> limits.put(limit.id(), limit));
        before.blocked().keySet().forEach(id -> limits.putIfAbsent(id, null));
        Map<String, KnownLimit> next = new TreeMap<>();
        limits.forEach((id, limit) -> {
            KnownLimit known = before.blocked().get(id);
            KnownLimit now = KnownLimit.next(known, limit == null ? null : limit.blocked(), seen.at());
            if (now != null) {
                next.put(id, now);
                if (now.blocks() && (known == null || !known.blocks())) {
                    alerts.add(alerting.limitReached(limit));
                }
            }
        });
        return next;
    }

    /** Adds the windows of earlier replies that this one does not show. */
    private static void keepUnseen(Map<String, KnownWindow> known, Map<String, KnownWindow> next, Instant at) {
        known.entrySet().stream()
                .filter(window -> !next.containsKey(window.getKey()) && !isForgotten(window.getValue(), at))
                .sorted(Map.Entry.comparingByValue(
                        Comparator.comparing(KnownWindow::peakAt, Comparator.nullsFirst(Comparator.naturalOrder()))
                                .reversed()))
                .limit(MOST_UNSEEN)
                .toList()
                .forEach(window -> next.put(window.getKey(), window.getValue()));
    }

    private static boolean isForgotten(KnownWindow window, Instant at) {
        return window.resetsAt() != null && window.resetsAt().plus(FORGET).isBefore(at);
    }

    /**
     * The result of one poll of an account's usage.
     *
     * @param next what is known afterwards
     * @param events what is to be reported, in this order
     */
    public record Change(KnownUsage next, List<Event> events) {
        public Change {
            events = List.copyOf(events);
        }
    }

    /**
     * Settings of the usage alerts.
     *
     * @param thresholds percentages whose crossing is reported, ascending
     * @param blindAfter how long usage rises without a task until that is reported; zero: never
     * @param unusedBeforeReset how long before a weekly reset unused quota is reported; zero: never
     * @param unusedPercent minimum percentage left for that
     */
    public record UsageRules(
            List<Integer> thresholds, Duration blindAfter, Duration unusedBeforeReset, int unusedPercent) {
        /** The defaults of the settings. */
        public static final UsageRules DEFAULT =
                new UsageRules(List.of(75, 90, 95), Duration.ofHours(24), Duration.ZERO, 50);

        public UsageRules {
            thresholds = thresholds.stream().sorted().distinct().toList();
        }
    }
}
