package dev.turnpike.usage;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;

/**
 * Known state of one window of a limit and of its present cycle, the time up to one boundary, within which no alert is
 * raised twice.
 *
 * @param seconds length of the window
 * @param used percent, when last seen
 * @param shown the boundary as it was last reported; small moves do not change it
 * @param resetsAt the boundary that ends the cycle, null when upstream never said
 * @param peak the highest percent of the cycle
 * @param peakAt when that was first seen
 * @param reported the highest threshold reported in the cycle, 0 when none was
 * @param doubt signs of an early reset that is not confirmed yet, null for none
 * @param riskSince since when every poll forecast that it is used up too early, null when the last one did not
 * @param forecastReported whether that was reported in the cycle
 * @param points how the percent rose lately, oldest first
 * @param swing a steep rise or a fall that is not confirmed yet, null when there is none
 * @param fellAt when a fall ahead of the boundary was last accepted, null when none was
 */
public record KnownWindow(
        long seconds,
        double used,
        Instant shown,
        Instant resetsAt,
        double peak,
        Instant peakAt,
        @JsonProperty("told") int reported,
        Doubt doubt,
        Instant riskSince,
        @JsonProperty("forecastTold") boolean forecastReported,
        List<Point> points,
        Swing swing,
        Instant fellAt) {

    public KnownWindow {
        points = points == null ? List.of() : List.copyOf(points);
    }

    /** The percentage as seen, at the beginning of a cycle or after a confirmed fall: later alerts are raised again. */
    static KnownWindow accepted(
            UsageReply.Window seen, Instant shown, Instant boundary, Instant at, int reported, Instant fellAt) {
        return new KnownWindow(
                seen.seconds(),
                seen.usedPercent(),
                shown,
                boundary,
                seen.usedPercent(),
                at,
                reported,
                null,
                null,
                false,
                List.of(new Point(at, seen.usedPercent())),
                null,
                fellAt);
    }

    /** With what was reported of it. */
    KnownWindow judged(int threshold, Instant since, boolean forecast) {
        return new KnownWindow(
                seconds, used, shown, resetsAt, peak, peakAt, threshold, doubt, since, forecast, points, swing, fellAt);
    }

    /** The same cycle with signs of an early reset: the percentage is not accepted. */
    KnownWindow inDoubt(UsageReply.Window seen, Instant nextShown, Doubt next) {
        return later(seen, nextShown, resetsAt, peakAt, peak, swing, next);
    }

    /** The same cycle, in which only this percentage is accepted yet, without signs of a reset. */
    KnownWindow risen(
            UsageReply.Window seen, Instant nextShown, Instant boundary, Instant at, double accepted, Swing next) {
        return later(seen, nextShown, boundary, at, accepted, next, null);
    }

    private KnownWindow later(
            UsageReply.Window seen,
            Instant nextShown,
            Instant boundary,
            Instant at,
            double accepted,
            Swing nextSwing,
            Doubt nextDoubt) {
        boolean rose = accepted > peak;
        return new KnownWindow(
                seen.seconds(),
                seen.usedPercent(),
                nextShown,
                boundary,
                rose ? accepted : peak,
                rose ? at : peakAt,
                reported,
                nextDoubt,
                riskSince,
                forecastReported,
                rose ? UsageForecast.add(points, new Point(at, accepted), seen.seconds()) : points,
                nextSwing,
                fellAt);
    }

    /** Since when at least this much was used, as far as is known. */
    Instant usedSince(double least) {
        return points.stream()
                .filter(point -> point.used() >= least && point.at().isBefore(peakAt))
                .map(Point::at)
                .findFirst()
                .orElse(peakAt);
    }

    /** A percent at a time. */
    public record Point(Instant at, double used) {}

    /**
     * A fall of the percent ahead of the boundary, with another boundary.
     *
     * @param since when it was first seen
     * @param boundary the new boundary, while it stays the same
     * @param standingSince when that boundary was first seen
     */
    public record Doubt(Instant since, Instant boundary, Instant standingSince) {}

    /**
     * A percentage far from the accepted one.
     *
     * @param since when it was first seen
     * @param used what every poll since has shown at least, when it rose; what the last one showed, when it fell
     */
    public record Swing(Instant since, double used, boolean up) {}
}
