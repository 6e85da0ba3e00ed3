package dev.turnpike.commandline.output;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Pattern;

/** Times as somebody reads them who sits in front of a terminal now. */
record TopTimes(Instant now, ZoneId zone) {
    private static final Pattern INSTANT = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z");
    private static final DateTimeFormatter TODAY = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
    private static final DateTimeFormatter OTHER_DAY = DateTimeFormatter.ofPattern("EEE HH:mm", Locale.ROOT);

    /** A sentence with the times in it as the reader's own. */
    String local(String sentence) {
        return INSTANT.matcher(sentence).replaceAll(found -> {
            try {
                return clock(Instant.parse(found.group()));
            } catch (DateTimeParseException e) {
                return found.group();
            }
        });
    }

    /** The time of the day, with the weekday unless it is today. */
    String clock(Instant at) {
        boolean today = at.atZone(zone).toLocalDate().equals(now.atZone(zone).toLocalDate());
        return (today ? TODAY : OTHER_DAY).format(at.atZone(zone));
    }

    /** How long ago it was, in the largest unit that says enough. */
    String since(Instant at) {
        Duration age = at.isAfter(now) ? Duration.ZERO : Duration.between(at, now);
        if (age.toMinutes() < 1) {
            return age.toSeconds() + " s";
        }
        if (age.toHours() < 1) {
            return age.toMinutes() + " min";
        }
        return age.toDays() < 1
                ? age.toHours() + "h" + String.format("%02d", age.toMinutesPart())
                : age.toDays() + " d";
    }
}
