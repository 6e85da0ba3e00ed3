package dev.turnpike.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.turnpike.commands.QuotaReading.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuotaGateTest {
    private static final Instant AT = Instant.parse("2026-11-22T10:00:00Z");
    private static final Duration SHORTEST = Duration.ofSeconds(15);

    private static QuotaReading reading(boolean blocked, double shortUsed, double weekUsed) {
        return new QuotaReading(
                blocked,
                List.of(
                        new Window("five_hour", shortUsed, AT.plusSeconds(600)),
                        new Window("weekly", weekUsed, AT.plusSeconds(9000))));
    }

    private static CommandDeferredException check(QuotaReading reading, Integer bar) {
        return catchThrowableOfType(CommandDeferredException.class, () -> QuotaGate.check(reading, bar, AT, SHORTEST));
    }

    @Test
    void letsThroughWhatUpstreamAllowsHoweverFullTheWindow() {
        assertThatCode(() -> QuotaGate.check(reading(false, 100, 99), null, AT, SHORTEST))
                .doesNotThrowAnyException();
    }

    @Test
    void waitsForTheLastOfTheFullWindows() {
        assertThat(check(reading(true, 100, 40), null).waitTime()).isEqualTo(Duration.ofSeconds(601));
        assertThat(check(reading(true, 100, 100), null).waitTime()).isEqualTo(Duration.ofSeconds(9001));
        assertThat(check(reading(true, 100, 40), null).reason()).isEqualTo("usage-limit");
    }

    @Test
    void aLowerBarHoldsUpEarlier() {
        assertThat(check(reading(false, 80, 40), 80).waitTime()).isEqualTo(Duration.ofSeconds(601));
        assertThat(check(reading(false, 80, 40), 80).reason()).isEqualTo("usage-over-bar");
        assertThat(check(reading(false, 79, 40), 80)).isNull();
    }

    @Test
    void looksAgainWhereNobodySaysWhenAndAfterAResetThatIsLate() {
        assertThat(check(new QuotaReading(true, List.of()), null).waitTime()).isEqualTo(Duration.ofMinutes(5));
        assertThat(check(new QuotaReading(true, List.of(new Window("weekly", 100, AT.minusSeconds(30)))), null)
                        .waitTime())
                .isEqualTo(SHORTEST);
    }
}
