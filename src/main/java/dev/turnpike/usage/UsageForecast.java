package dev.turnpike.usage;

import dev.turnpike.usage.KnownWindow.Point;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Forecasts when a window is used up, by the slower of its pace since the window began and its recent pace. Each alone
 * would flap: the first continues after the work has stopped, the second rises with every burst.
 */
final class UsageForecast {
    private static final int MOST_POINTS = 32;
    private static final double LEAST_USED = 10;
    private static final double LEAST_RISE = 2;

    private UsageForecast() {}

    /** With another point, unless it is closer to the last than a hundredth of the window. */
    static List<Point> add(List<Point> points, Point point, long seconds) {
        List<Point> more = new ArrayList<>(points);
        Point last = more.isEmpty() ? null : more.get(more.size() - 1);
        if (last != null && seconds(last.at(), point.at()) < seconds / 100.0) {
            return points;
        }
        more.add(point);
        return more.size() > MOST_POINTS ? List.copyOf(more.subList(1, more.size())) : more;
    }

    /** When the window is used up at the present pace; null where too little is known, or usage does not rise. */
    static Outlook outlook(KnownWindow window, Instant at) {
        if (window.resetsAt() == null || window.seconds() <= 0 || window.used() < LEAST_USED || window.used() >= 100) {
            return null;
        }
        double length = window.seconds();
        double elapsed = length - seconds(at, window.resetsAt());
        if (elapsed < length / 20 || elapsed > length) {
            return null;
        }
        double average = window.used() / elapsed;
        double recent = recent(window, at);
        double pace = Math.min(average, recent);
        if (!(pace > 0)) {
            return null;
        }
        Instant runsOut = at.plusSeconds(Math.round((100 - window.used()) / pace));
        boolean steady = Math.abs(average - recent) <= 0.25 * Math.max(average, recent);
        return new Outlook(runsOut, pace, steady && elapsed >= length / 4 ? "high" : "medium");
    }

    /** Over the last fifth of the window, or as much of it as was watched. */
    private static double recent(KnownWindow window, Instant at) {
        double length = window.seconds();
        Point base = null;
        for (Point point : window.points()) {
            if (base == null || seconds(point.at(), at) >= length / 5) {
                base = point;
            }
        }
        if (base == null) {
            return 0;
        }
        double span = Math.min(seconds(base.at(), at), length / 5);
        double rise = window.used() - base.used();
        return span < length / 30 || rise < LEAST_RISE ? 0 : rise / span;
    }

    private static double seconds(Instant from, Instant to) {
        Duration duration = Duration.between(from, to); // longer than a number of milliseconds can be
        return duration.getSeconds() + duration.getNano() / 1e9;
    }

    /**
     * @param runsOut when nothing is left, at this pace
     * @param perSecond percent per second
     * @param confidence {@code medium}, or {@code high} where both paces agree and a quarter of the window is over
     */
    record Outlook(Instant runsOut, double perSecond, String confidence) {
        /** Whether that is before the reset, by more than a twentieth of the window. */
        boolean isTooEarly(KnownWindow window) {
            return runsOut.isBefore(window.resetsAt().minusSeconds(window.seconds() / 20));
        }
    }
}
