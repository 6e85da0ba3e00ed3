package dev.turnpike.http;

import dev.turnpike.retry.Pauses;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.utils.DateUtils;

/**
 * Reads {@code Retry-After}, seconds or an HTTP date, and what servers send in their place: a fraction, which is rounded up,
 * several values, of which the greatest counts, a duration with its unit, a time in Unix seconds or milliseconds, ISO 8601, also with a blank, a date
 * with an offset or with the wrong day of the week. How long to wait at most is for the poller to decide.
 */
public final class RetryAfter {
    /** Upper bound, since servers send numbers and dates of any size. */
    public static final Duration LONGEST = Duration.ofDays(365);

    private static final Pattern SECONDS = Pattern.compile("([0-9]+)(\\.[0-9]*)?");
    /** Around a value; Camel writes a header that came twice as a list. */
    private static final Pattern AROUND = Pattern.compile("[\"'\\[\\]]|^[\\s\\p{Z}]+|[\\s\\p{Z},;]+$|(?<=[a-z])\\.$");

    private static final Pattern DAY_OF_WEEK = Pattern.compile("^[A-Za-z]{3,9},?\\s+(?=.*\\d)");
    private static final Pattern ASCTIME = Pattern.compile("([A-Za-z]{3}) +(\\d{1,2}) (\\d{2}:\\d{2}:\\d{2}) (\\d{4})");
    private static final String UNITS =
            "w(?:eeks?)?|d(?:ays?)?|h(?:ours?|rs?)?|ms(?:ecs?)?|milli(?:second)?s?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?";
    /** A number and its unit, as a part of a duration. */
    public static final String DURATION_PART =
            "(\\d{1,9}(?:\\.\\d{0,9})?)\\s*(" + UNITS + ")(?![a-z])(?:,? and |,)?\\s*";

    private static final Pattern PART = Pattern.compile(DURATION_PART, Pattern.CASE_INSENSITIVE);
    /** As durations of .NET are written, with or without days. */
    private static final Pattern CLOCK = Pattern.compile("(?:(\\d+)\\.)?(\\d{1,2}):(\\d\\d):(\\d\\d(?:\\.\\d+)?)");

    private static final Map<Character, Long> MILLIS =
            Map.of('w', 604_800_000L, 'd', 86_400_000L, 'h', 3_600_000L, 'm', 60_000L, 's', 1_000L);
    private static final int SAFE_DIGITS = 15;
    /** Characters; a longer value is none, and would take the patterns too long. */
    private static final int LONGEST_VALUE = 512;
    /** No wait has so many seconds, but every time since the year 2001. */
    private static final long EARLIEST_TIME = 1_000_000_000;

    private RetryAfter() {}

    /**
     * How long upstream asks to wait.
     *
     * @param value null when the header is absent
     * @param now upstream's clock where its reply had one, since a date means that clock
     * @return between zero and {@link #LONGEST}; zero for a date in the past; null when absent, negative, longer than 512 characters or garbage
     */
    public static Duration parse(String value, Instant now) {
        if (value == null || value.length() > LONGEST_VALUE) {
            return null;
        }
        String text = AROUND.matcher(value).replaceAll("").strip();
        Duration one = one(text, now);
        List<String> all = List.of(text.split(","));
        if (one != null || all.size() < 2) {
            return one;
        }
        // each of the servers on the way has written its own
        List<Duration> several = all.stream()
                .map(each -> one(each.strip(), now))
                .takeWhile(Objects::nonNull)
                .toList();
        return several.size() < all.size() ? null : Collections.max(several);
    }

    private static Duration one(String text, Instant now) {
        Matcher seconds = SECONDS.matcher(text);
        if (seconds.matches()) {
            String whole = seconds.group(1);
            boolean more = seconds.group(2) != null && seconds.group(2).matches(".*[1-9].*");
            if (whole.length() > SAFE_DIGITS) {
                return LONGEST;
            }
            long number = Long.parseLong(whole) + (more ? 1 : 0);
            if (number < EARLIEST_TIME) {
                return bounded(Duration.ofSeconds(number));
            }
            boolean milliseconds = number >= 1_000 * EARLIEST_TIME;
            Instant time = milliseconds ? Instant.ofEpochMilli(number) : Instant.ofEpochSecond(number);
            return bounded(Duration.between(now, time));
        }
        Instant date = date(text);
        return date == null ? duration(text) : bounded(Duration.between(now, date));
    }

    /** {@code 90s}, {@code 1m30s}, {@code 898ms} or {@code 1 day 2 hours}, as gateways and durations of Go, .NET and ISO are written. */
    private static Duration duration(String text) {
        String rest = CLOCK.matcher(text)
                .replaceFirst("$1d$2h$3m$4s")
                .replaceFirst("(?i)^P(?=T?\\d)|^d", "")
                .replaceFirst("(?i)^T|(?<=D)T", "");
        BigDecimal millis = BigDecimal.ZERO;
        int end = 0;
        long before = Long.MAX_VALUE;
        for (Matcher part = PART.matcher(rest); end < rest.length(); end = part.end()) {
            if (!part.find() || part.start() != end) {
                return null;
            }
            String unit = part.group(2).toLowerCase(Locale.ROOT);
            long length = unit.matches("ms|msec.*|milli.*") ? 1 : MILLIS.get(unit.charAt(0));
            if (length >= before) {
                return null;
            }
            before = length;
            millis = millis.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(length)));
        }
        return end == 0
                ? null
                : bounded(Duration.ofMillis(
                        millis.setScale(0, RoundingMode.CEILING).longValueExact()));
    }

    /** In one of the three forms of RFC 9110, 5.6.7, or nearly so. */
    private static Instant date(String text) {
        String date = DAY_OF_WEEK.matcher(text).replaceFirst("").replaceFirst("(?i)(UTC|Z)$", "GMT");
        Matcher asctime = ASCTIME.matcher(date);
        String usual = asctime.matches() ? asctime.replaceFirst("$2 $1 $4 $3 GMT") : date;
        try {
            return OffsetDateTime.parse(usual, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeException e) {
            return otherwise(text);
        }
    }

    private static Instant otherwise(String text) {
        try {
            // Go and databases write a blank for the T, and the zone by its name, also in addition to its offset
            return OffsetDateTime.parse(text.replaceFirst("^(\\d{4}-\\d\\d-\\d\\d) ", "$1T")
                            .replaceFirst(" ?([+-]\\d\\d):?(\\d\\d)( UTC)?$", "$1:$2")
                            .replaceFirst(" ?(UTC|GMT)$", "Z"))
                    .toInstant();
        } catch (DateTimeException e) {
            return DateUtils.parseStandardDate(text);
        }
    }

    private static Duration bounded(Duration wait) {
        if (wait.isNegative()) {
            return Duration.ZERO;
        }
        return Pauses.shorter(wait, LONGEST);
    }
}
