package dev.turnpike.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.turnpike.codex.Replies;
import dev.turnpike.usage.QuotaRule;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class QuotaGateTest {
    private static final Instant AT = Instant.parse("2026-11-22T10:00:00Z");
    private static final Duration SHORTEST = Duration.ofSeconds(15);

    private static CommandDeferredException check(boolean allowed, String windows, Integer bar) {
        String reply = "{'plan_type':'pro','rate_limit':{'allowed':%s,'limit_reached':%s%s}}"
                .formatted(allowed, !allowed, windows);
        return catchThrowableOfType(
                CommandDeferredException.class,
                () -> new QuotaGate(new QuotaRule(false)).check(Replies.json(reply), bar, AT, SHORTEST));
    }

    private static String windows(int shortUsed, int weekUsed) {
        return ",'primary_window':" + window(shortUsed, 18_000, 600) + ",'secondary_window':"
                + window(weekUsed, 604_800, 9000);
    }

    private static String window(int used, int seconds, long reset) {
        return "{'used_percent':%d,'limit_window_seconds':%d,'reset_after_seconds':%d,'reset_at':%d}"
                .formatted(
                        used, seconds, Math.max(0, reset), AT.plusSeconds(reset).getEpochSecond());
    }

    @Test
    void letsThroughWhatUpstreamAllowsHoweverFullTheWindow() {
        assertThat(check(true, windows(100, 99), null)).isNull();
    }

    @Test
    void waitsForTheLastOfTheFullWindows() {
        assertThat(check(false, windows(100, 40), null).waitTime()).isEqualTo(Duration.ofSeconds(601));
        assertThat(check(false, windows(100, 100), null).waitTime()).isEqualTo(Duration.ofSeconds(9001));
        assertThat(check(false, windows(100, 40), null).reason()).isEqualTo("usage-limit");
    }

    @Test
    void aLowerBarHoldsUpEarlierAndAtTheBarNothing() {
        assertThat(check(true, windows(81, 40), 80).waitTime()).isEqualTo(Duration.ofSeconds(601));
        assertThat(check(true, windows(81, 40), 80).reason()).isEqualTo("usage-over-bar");
        assertThat(check(true, windows(81, 40), 80).getMessage()).startsWith("more than 80% used: five_hour 81%");
        assertThat(check(true, windows(80, 40), 80)).isNull();
    }

    @Test
    void retriesWhereNobodySaysWhenAndAfterAResetThatIsLate() {
        assertThat(check(false, "", null).waitTime()).isEqualTo(Duration.ofMinutes(5));
        assertThat(check(false, ",'primary_window':" + window(100, 604_800, -30), null)
                        .waitTime())
                .isEqualTo(SHORTEST);
    }
}
