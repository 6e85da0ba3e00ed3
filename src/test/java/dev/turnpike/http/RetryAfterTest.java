package dev.turnpike.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
    private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "299.997 | 300",
                "0.5 | 1",
                "30 | 30",
                "30.000 | 30",
                "7. | 7",
                "0 | 0",
                "Wed, 25 Nov 2026 10:01:00 GMT | 60",
                "Wednesday, 25-Nov-26 10:01:00 GMT | 60",
                "Wed Nov 25 10:01:00 2026 | 60",
                "Wed, 25 Nov 2026 09:00:00 GMT | 0",
                "99999999999999 | 31536000",
                "9999999999999999 | 31536000",
                "1795600860 | 60",
                "1795600860000 | 60",
                "1795500000 | 0",
                "Wed, 25 Nov 2026 10:01:00 UTC | 60",
                "Wed, 25 Nov 2026 11:01:00 +0100 | 60",
                "Thu, 25 Nov 2026 10:01:00 GMT | 60",
                "25 Nov 2026 10:01:00 GMT | 60",
                "2026-11-25T10:01:00Z | 60",
                "2026-11-25T10:01:00.000+00:00 | 60",
                "2026-11-25 10:01:00 +0000 UTC | 60",
                "2026-11-25 10:01:00 UTC | 60",
                "2026-11-25 11:01:00.5+01:00 | 60.5",
                "1 week | 604800",
                "30s | 30",
                "30 seconds | 30",
                "1m30s | 90",
                "2 min | 120",
                "PT1H | 3600",
                "P1DT2H | 93600",
                "0.5s | 0.5",
                "30ms | 0.03",
                "1.5ms | 0.002",
                "1s500ms | 1.5",
                "250 milliseconds | 0.25",
                "1 day, 2 hours and 5 minutes | 93900",
                "999999999d | 31536000",
                "00:00:30 | 30",
                "0:01:30 | 90",
                "1.02:00:00 | 93600",
                "00:00:02.5000000 | 2.5",
                "\"00:00:30\" | 30",
                "\"30\" | 30",
                "30, 120 | 120",
                "[30, 120] | 120",
                "30,30.5 | 31",
                "\"'30'\" | 30",
                "30; | 30",
                "\" 30 \" | 30",
                "30, | 30",
                "30  | 30",
                "30 sec. | 30",
                "30s, 60s | 60",
                "30, 1m30s | 90",
                "00:00:30, 00:01:00 | 60",
                "2026-11-25T10:01:00.000+0000 | 60",
                "2026-11-25T11:01:00+0100, 2026-11-25T10:00:30Z | 60"
            })
    void secondsAreRoundedUpAndDatesCounted(String value, double seconds) {
        assertThat(RetryAfter.parse(value, NOW)).isEqualTo(Duration.ofMillis((long) (seconds * 1000)));
    }

    @Test
    void aValueLongerThanAnyServersIsPassedOver() {
        assertThat(RetryAfter.parse("1" + " ".repeat(1000), NOW)).isNull();
        assertThat(RetryAfter.parse("1" + " ".repeat(65_000) + "x", NOW)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "-1",
        "-30s",
        "30ms ago",
        "1s and",
        "5 months",
        "soon",
        "seconds",
        "s",
        "1e3",
        "'30, soon'",
        "',,'",
        "-00:00:30",
        "00:30",
        "10:00:00 GMT",
        "1:2:3:4",
        ".5",
        "2026-11-25 10:01:00",
        "''"
    })
    void whatIsNeitherIsPassedOver(String value) {
        assertThat(RetryAfter.parse(value, NOW)).isNull();
    }

    @Test
    void withoutTheHeaderThereIsNothingToWaitFor() {
        assertThat(RetryAfter.parse(null, NOW)).isNull();
    }
}
