package dev.turnpike.http;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.utils.DateUtils;

/** Reads {@code Retry-After}, seconds or an HTTP date; some servers send a fraction, which is rounded up; how long to wait at most is for the poller to decide. */
public final class RetryAfter {
    /** Upper bound, since servers send numbers and dates of any size. */
    public static final Duration LONGEST = Duration.ofDays(365);

    private static final Pattern SECONDS = Pattern.compile("([0-9]+)(\\.[0-9]*)?");
    private static final Pattern ASCTIME =
            Pattern.compile("([A-Z][a-z]{2}) ([A-Z][a-z]{2}) +(\\d{1,2}) (\\d{2}:\\d{2}:\\d{2}) (\\d{4})");
    private static final int SAFE_DIGITS = 12;

    private RetryAfter() {}

    /**
     * How long upstream asks to wait.
     *
     * @param value null when the header is absent
     * @param now upstream's clock where its reply had one, since a date means that clock
     * @return between zero and {@link #LONGEST}; zero for a date in the past; null when absent, negative or garbage
     */
    public static Duration parse(String value, Instant now) {
        if (value == null) {
            return null;
        }
        String text = value.strip();
        Matcher seconds = SECONDS.matcher(text);
        if (seconds.matches()) {
            String whole = seconds.group(1);
            boolean more = seconds.group(2) != null && seconds.group(2).matches(".*[1-9].*");
            return whole.length() > SAFE_DIGITS
                    ? LONGEST
                    : bounded(Duration.ofSeconds(Long.parseLong(whole) + (more ? 1 : 0)));
        }
        Instant date = date(text);
        return date == null ? null : bounded(Duration.between(now, date));
    }

    /** In one of the three forms of RFC 9110, 5.6.7. */
    private static Instant date(String text) {
        Instant date = DateUtils.parseStandardDate(text);
        if (date == null && ASCTIME.matcher(text).matches()) {
            date = DateUtils.parseStandardDate(ASCTIME.matcher(text).replaceFirst("$1, $3 $2 $5 $4 GMT"));
        }
        return date;
    }

    private static Duration bounded(Duration wait) {
        if (wait.isNegative()) {
            return Duration.ZERO;
        }
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }
}
