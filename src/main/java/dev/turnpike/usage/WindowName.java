package dev.turnpike.usage;

/**
 * Names a window after its length. Its place in the reply says nothing: a week has stood in the primary place. The
 * lengths seen are some short of the round number (17940 and 604740 seconds), and a month has 28 to 31 days.
 */
final class WindowName {
    private static final long HOUR = 3600;
    private static final long DAY = 24 * HOUR;

    private WindowName() {}

    /** {@code five_hour}, {@code weekly}, {@code monthly}, or the seconds such as {@code 86400s}. */
    static String of(long seconds) {
        if (isAbout(seconds, 5 * HOUR)) {
            return "five_hour";
        }
        if (isAbout(seconds, 7 * DAY)) {
            return "weekly";
        }
        // calendar months, with an hour more or less where the clocks change
        if (seconds >= 28 * DAY - HOUR && seconds <= 31 * DAY + HOUR) {
            return "monthly";
        }
        return seconds + "s";
    }

    /** Within one percent. */
    private static boolean isAbout(long seconds, long round) {
        return Math.abs(seconds - round) <= round / 100;
    }
}
