package dev.turnpike.usage;

import java.time.Instant;
import java.util.List;

/**
 * The result of comparing one reading of a window.
 *
 * @param next what is known afterwards
 * @param reset a reset that is confirmed now, null when there is none
 * @param crossed thresholds that are crossed now, ascending
 * @param outlook when the window runs out, where that is to be reported now; null otherwise
 * @param rise what was used within the cycle since it was last known, null when nothing was
 */
record WindowChange(WindowKnown next, Reset reset, List<Integer> crossed, UsageForecast.Outlook outlook, Rise rise) {

    /**
     * A new cycle began, and in the one before it something had been used.
     *
     * @param before the cycle that ended
     * @param at when it ended, as far as is known
     * @param early whether that was ahead of its boundary
     * @param confirmedBy {@code boundary}, {@code second-look} or {@code duration}
     */
    record Reset(WindowKnown before, Instant at, boolean early, String confirmedBy) {}

    /**
     * A rise of the percent.
     *
     * @param since when the lower percent was first seen
     */
    record Rise(double from, double to, Instant since) {}
}
