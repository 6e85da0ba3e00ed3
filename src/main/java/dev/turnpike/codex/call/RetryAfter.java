package dev.turnpike.codex.call;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.utils.DateUtils;

/** Reads {@code Retry-After}, seconds or an HTTP date; how long to wait at most is for the poller to decide. */
final class RetryAfter {
    /** Stands for everything longer: numbers and dates of any size are sent. */
    static final Duration LONGEST = Duration.ofDays(365);

    private static final Pattern SECONDS = Pattern.compile("[0-9]+");
    private static final int SAFE_DIGITS = 12;

    private RetryAfter() {}

    /**
     * How long upstream asks to wait.
     *
     * @param value null when the header is absent
     * @param now upstream's clock where its reply told it, since a date means that clock
     * @return between zero and {@link #LONGEST}; zero for a date in the past; null when absent, negative or garbage
     */
    static Duration parse(String value, Instant now) {
        if (value == null) {
            return null;
        }
        String text = value.strip();
        if (SECONDS.matcher(text).matches()) {
            return text.length() > SAFE_DIGITS ? LONGEST : bounded(Duration.ofSeconds(Long.parseLong(text)));
        }
        Instant date = DateUtils.parseStandardDate(text);
        return date == null ? null : bounded(Duration.between(now, date));
    }

    private static Duration bounded(Duration wait) {
        if (wait.isNegative()) {
            return Duration.ZERO;
        }
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }
}
