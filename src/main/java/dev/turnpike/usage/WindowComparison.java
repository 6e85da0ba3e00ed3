package dev.turnpike.usage;

import dev.turnpike.usage.KnownWindow.Doubt;
import dev.turnpike.usage.KnownWindow.Swing;
import dev.turnpike.usage.UsageComparison.UsageRules;
import dev.turnpike.usage.UsageReply.Window;
import dev.turnpike.usage.WindowComparison.Change.Reset;
import dev.turnpike.usage.WindowComparison.Change.Rise;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Compares one reading of a window with its known state. Upstream has answered 0 percent where nothing was reset, with
 * the old boundary or with one that is always a whole window ahead, so a fall is accepted only when the boundary was
 * due, or when the fall lasts and the new boundary stays the same. With the old boundary the fall must last longer to
 * be a reset.
 */
record WindowComparison(UsageRules rules) {
    /** Boundaries closer than this are the same one. */
    static final Duration JITTER = Duration.ofMinutes(1);
    /** A boundary that moves less than this within {@link #CONFIRMATION} counts as fixed. */
    private static final Duration STANDING = Duration.ofSeconds(30);

    static final Duration CONFIRMATION = Duration.ofSeconds(60);
    /** A fall whose boundary keeps moving is accepted after this: the account is not used in that time. */
    static final Duration LASTING = Duration.ofMinutes(30);

    /** A rise by this many percent between two readings may be an error; it is accepted when it lasts. */
    private static final double STEEP = 10;
    /** A smaller fall within a cycle is ignored, since readings vary. */
    private static final double FALL = 10;
    /** Upstream has answered 0 percent for an hour where nothing was reset. */
    private static final Duration LONG_LASTING = Duration.ofHours(6);
    /** How long after a change its return counts as a contradiction, and must last longer. */
    static final Duration CONTRADICTION = Duration.ofHours(6);

    /**
     * Compares a reading.
     *
     * @param known null when the window was never seen
     * @param away whether the last poll was so long ago that any rise is plausible
     */
    Change compare(KnownWindow known, Window seen, Instant at, boolean away) {
        if (known == null) {
            return judge(KnownWindow.accepted(seen, seen.resetsAt(), seen.resetsAt(), at, 0, null), null, null, at);
        }
        Instant shown = isNews(known, seen, at) ? seen.resetsAt() : known.shown();
        if (!hasMoved(known.resetsAt(), seen.resetsAt())) {
            Instant boundary = known.resetsAt() == null ? seen.resetsAt() : known.resetsAt();
            return continueCycle(known, seen, shown, boundary, at, away);
        }
        boolean due = !known.resetsAt().minus(JITTER).isAfter(at);
        // the boundary of a new cycle lies ahead; upstream has said "now" for hours, where nothing was reset
        boolean ahead = seen.resetsAt().isAfter(at.plus(JITTER));
        if (due && ahead && seen.resetsAt().isAfter(known.resetsAt())) {
            Reset reset = new Reset(known, known.resetsAt(), false, "boundary");
            return begin(known, seen, shown, seen.resetsAt(), reset, at);
        }
        if (seen.usedPercent() > known.peak() / 2 || known.peak() == 0) {
            boolean idle = known.peak() == 0 && seen.usedPercent() == 0;
            return continueCycle(known, seen, shown, idle ? known.resetsAt() : seen.resetsAt(), at, away);
        }
        return doubt(known, seen, shown, at);
    }

    private Change doubt(KnownWindow known, Window seen, Instant shown, Instant at) {
        Doubt doubt = known.doubt();
        if (doubt == null || at.isBefore(doubt.since())) {
            doubt = new Doubt(at, seen.resetsAt(), at);
        } else if (distance(doubt.boundary(), seen.resetsAt()).compareTo(STANDING) >= 0) {
            doubt = new Doubt(doubt.since(), seen.resetsAt(), at);
        }
        boolean stands = !fellLately(known, at) && lasts(doubt.standingSince(), at, CONFIRMATION);
        if (stands || lasts(doubt.since(), at, LASTING)) {
            String confirmedBy = stands ? "second-look" : "duration";
            return begin(known, seen, shown, seen.resetsAt(), new Reset(known, doubt.since(), true, confirmedBy), at);
        }
        return Change.quiet(known.inDoubt(seen, shown, doubt));
    }

    private Change continueCycle(
            KnownWindow known, Window seen, Instant shown, Instant boundary, Instant at, boolean away) {
        double used = seen.usedPercent();
        if (used >= known.peak() + STEEP && !away) {
            return steep(known, seen, shown, boundary, at);
        }
        if (used <= known.peak() - FALL) {
            return fall(known, seen, shown, boundary, at);
        }
        Rise rise = used > known.peak() ? new Rise(known.peak(), used, known.peakAt()) : null;
        return judge(known.risen(seen, shown, boundary, at, used, null), null, rise, at);
    }

    /** Accepts the percentage that every reading since the rise has shown, once it has lasted. */
    private Change steep(KnownWindow known, Window seen, Instant shown, Instant boundary, Instant at) {
        Swing swing = known.swing();
        if (swing == null || !swing.up() || at.isBefore(swing.since())) {
            swing = new Swing(at, seen.usedPercent(), true);
        }
        double least = Math.min(swing.used(), seen.usedPercent());
        if (!lasts(swing.since(), at, CONFIRMATION)) {
            Swing next = new Swing(swing.since(), least, true);
            return Change.quiet(known.risen(seen, shown, boundary, at, known.peak(), next));
        }
        boolean all = seen.usedPercent() < least + STEEP;
        double accepted = all ? seen.usedPercent() : least;
        Swing more = all ? null : new Swing(at, seen.usedPercent(), true);
        KnownWindow next = known.risen(seen, shown, boundary, at, accepted, more);
        return judge(next, null, new Rise(known.peak(), accepted, known.peakAt()), at);
    }

    private Change fall(KnownWindow known, Window seen, Instant shown, Instant boundary, Instant at) {
        Swing swing = known.swing();
        double used = seen.usedPercent();
        boolean goesOn = swing != null && !swing.up() && !at.isBefore(swing.since()) && (swing.used() > 0 || used == 0);
        Swing next = new Swing(goesOn ? swing.since() : at, used, false);
        boolean held = lasts(known.usedSince(used + FALL), next.since(), LASTING);
        boolean early = boundary != null && boundary.isAfter(at);
        // a boundary that has passed moves on soon, and confirms the reset
        boolean doubtful = boundary != null && (used == 0 || !early);
        Duration lasting = doubtful ? LONG_LASTING : held || fellLately(known, at) ? LASTING : CONFIRMATION;
        if (!lasts(next.since(), at, lasting)) {
            return Change.quiet(known.risen(seen, shown, boundary, at, known.peak(), next));
        }
        if (held && used <= known.peak() / 2) {
            return begin(known, seen, shown, boundary, new Reset(known, next.since(), early, "duration"), at);
        }
        int stillReported = rules.thresholds().stream()
                .filter(threshold -> threshold <= known.reported() && threshold <= used)
                .max(Integer::compare)
                .orElse(0);
        return Change.quiet(KnownWindow.accepted(seen, shown, boundary, at, stillReported, at));
    }

    /** Two backends that contradict each other can alternate for hours: only the first fall is accepted soon. */
    private static boolean fellLately(KnownWindow known, Instant at) {
        return known.fellAt() != null && !lasts(known.fellAt(), at, CONTRADICTION);
    }

    private Change begin(KnownWindow known, Window seen, Instant shown, Instant boundary, Reset reset, Instant at) {
        Instant fellAt = reset.confirmedBy().equals("boundary") ? known.fellAt() : at;
        KnownWindow next = KnownWindow.accepted(seen, shown, boundary, at, 0, fellAt);
        return judge(next, known.peak() > 0 ? reset : null, null, at);
    }

    private Change judge(KnownWindow window, Reset reset, Rise rise, Instant at) {
        List<Integer> crossed = rules.thresholds().stream()
                .filter(threshold ->
                        threshold > window.reported() && Math.min(window.used(), window.peak()) >= threshold)
                .toList();
        int reported = crossed.isEmpty() ? window.reported() : crossed.get(crossed.size() - 1);
        UsageForecast.Outlook outlook = window.forecastReported() ? null : UsageForecast.outlook(window, at);
        if (outlook == null || !outlook.isTooEarly(window)) {
            return new Change(window.judged(reported, null, window.forecastReported()), reset, crossed, null, rise);
        }
        Instant since = window.riskSince() == null || window.riskSince().isAfter(at) ? at : window.riskSince();
        boolean due = lasts(since, at, holding(window));
        return new Change(window.judged(reported, due ? null : since, due), reset, crossed, due ? outlook : null, rise);
    }

    /** How long a forecast must hold to be reported: a sixtieth of the window, 5 to 30 minutes. */
    private static Duration holding(KnownWindow window) {
        return Duration.ofSeconds(Math.max(300, Math.min(1800, window.seconds() / 60)));
    }

    /** The boundary of an unused window is always a whole window ahead, so its moves are not reported. */
    private static boolean isNews(KnownWindow known, Window seen, Instant at) {
        boolean unused = known.used() == 0
                && seen.usedPercent() == 0
                && seen.resetsAt() != null
                && distance(seen.resetsAt(), at.plusSeconds(seen.seconds())).compareTo(JITTER.multipliedBy(2)) < 0;
        return !unused && (known.shown() == null || hasMoved(known.shown(), seen.resetsAt()));
    }

    /** Whether what has been so since a time has been so for this long. */
    static boolean lasts(Instant since, Instant at, Duration least) {
        return Duration.between(since, at).compareTo(least) >= 0;
    }

    private static boolean hasMoved(Instant from, Instant to) {
        return from != null && to != null && distance(from, to).compareTo(JITTER) >= 0;
    }

    private static Duration distance(Instant one, Instant other) {
        return Duration.between(one, other).abs();
    }

    /**
     * The result of comparing one reading of a window.
     *
     * @param next what is known afterwards
     * @param reset a reset that is confirmed now, null when there is none
     * @param crossed thresholds that are crossed now, ascending
     * @param outlook when the window is used up, where that is to be reported now; null otherwise
     * @param rise what was used within the cycle since it was last known, null when nothing was
     */
    record Change(KnownWindow next, Reset reset, List<Integer> crossed, UsageForecast.Outlook outlook, Rise rise) {
        /** With nothing to report. */
        static Change quiet(KnownWindow next) {
            return new Change(next, null, List.of(), null, null);
        }

        /**
         * A new cycle began, and in the one before it something had been used.
         *
         * @param before the cycle that ended
         * @param at when it ended, as far as is known
         * @param early whether that was ahead of its boundary
         * @param confirmedBy {@code boundary}, {@code second-look} or {@code duration}
         */
        record Reset(KnownWindow before, Instant at, boolean early, String confirmedBy) {}

        /**
         * A rise of the percent.
         *
         * @param since when the lower percent was first seen
         */
        record Rise(double from, double to, Instant since) {}
    }
}
