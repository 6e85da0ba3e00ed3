package dev.turnpike.settings;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 500ms}, {@code 15s}, {@code 1h30m}, {@code 30d}; ISO 8601 as well. */
public final class DurationText {
    private static final Pattern PARTS =
            Pattern.compile("(\\d{1,12}d)?(\\d{1,12}h)?(\\d{1,12}m)?(\\d{1,12}s)?(\\d{1,12}ms)?");
    private static final long[] MILLIS = {86_400_000, 3_600_000, 60_000, 1_000, 1};

    private DurationText() {}

    /**
     * Reads a duration; never negative.
     *
     * @throws IllegalArgumentException when the text is no duration, a bare number included: its unit would be a guess
     */
    public static Duration parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT).replace(" ", "");
        Matcher parts = PARTS.matcher(lower);
        try {
            if (!lower.isEmpty() && parts.matches()) {
                return Duration.ofMillis(sum(parts));
            }
            Duration iso = Duration.parse(text);
            if (!iso.isNegative()) {
                return iso;
            }
        } catch (DateTimeParseException | ArithmeticException e) {
            throw new IllegalArgumentException("not a duration: " + text, e);
        }
        throw new IllegalArgumentException("a negative duration: " + text);
    }

    /** The shortest such text: {@code 1h30m}; {@code 0s} for nothing. Below a millisecond is cut off. */
    public static String format(Duration duration) {
        String text = duration.toDays() + "d" + duration.toHoursPart() + "h" + duration.toMinutesPart() + "m"
                + duration.toSecondsPart() + "s" + duration.toMillisPart() + "ms";
        String shortest = text.replaceAll("(?<!\\d)0[a-z]+", "");
        return shortest.isEmpty() ? "0s" : shortest;
    }

    private static long sum(Matcher parts) {
        long sum = 0;
        for (int i = 0; i < MILLIS.length; i++) {
            String part = parts.group(i + 1);
            if (part != null) {
                long count = Long.parseLong(part.replaceAll("\\D", ""));
                sum = Math.addExact(sum, Math.multiplyExact(count, MILLIS[i]));
            }
        }
        return sum;
    }
}
