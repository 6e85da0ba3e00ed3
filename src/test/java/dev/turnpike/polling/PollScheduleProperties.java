package dev.turnpike.polling;

import static dev.turnpike.polling.PollScheduleTest.scheduleOf;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class PollScheduleProperties {
    private static final Duration HOUR = Duration.ofHours(1);

    @Property
    void theIntervalIsKeptWithinATenth(@ForAll long seed, @ForAll @LongRange(min = 1000, max = 600_000) long millis) {
        long wait = scheduleOf(HOUR, seed).after(Duration.ofMillis(millis)).toMillis();

        assertThat(wait).isBetween(millis * 9 / 10, millis * 11 / 10 + 1);
    }

    @Property
    void theWaitIsNeverBelowWhatUpstreamAskedForUpToAnHour(
            @ForAll long seed,
            @ForAll @LongRange(min = 1, max = 100_000) long wish,
            @ForAll @IntRange(min = 1, max = 1000) int failures) {
        Duration asked = Duration.ofSeconds(wish);

        Duration wait = scheduleOf(Duration.ofSeconds(60), seed).afterFailure(PollKind.TASKS, failures, asked);

        assertThat(wait).isGreaterThanOrEqualTo(asked.compareTo(HOUR) > 0 ? HOUR : asked);
        assertThat(wait).isLessThanOrEqualTo(Duration.ofMinutes(66));
    }

    @Property
    void theBackOffGrowsToACapAndNoFurther(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = Integer.MAX_VALUE) int failures,
            @ForAll @LongRange(min = 1, max = 120) long interval) {
        PollSchedule rhythm = scheduleOf(Duration.ofSeconds(interval), seed);

        Duration wait = rhythm.afterFailure(PollKind.TASKS, failures, null);

        assertThat(wait).isBetween(Duration.ofMillis(900), Duration.ofSeconds(330));
        if (failures >= 10) {
            assertThat(wait).isGreaterThanOrEqualTo(Duration.ofSeconds(270));
        }
    }

    @Test
    void theFirstFailuresAreTriedAgainSoonerThanTheUsualInterval() {
        PollSchedule rhythm = scheduleOf(Duration.ofSeconds(60), 1);

        assertThat(rhythm.afterFailure(PollKind.TASKS, 1, null))
                .isBetween(Duration.ofMillis(4500), Duration.ofMillis(5500));
        assertThat(rhythm.afterFailure(PollKind.TASKS, 3, null))
                .isBetween(Duration.ofSeconds(18), Duration.ofSeconds(22));
        assertThat(scheduleOf(Duration.ofSeconds(1), 1).afterFailure(PollKind.TASKS, 1, null))
                .isBetween(Duration.ofMillis(900), Duration.ofMillis(1100));
    }

    @Test
    void accountsThatUpstreamSentAwayTogetherComeBackOneByOne() {
        PollSchedule rhythm = scheduleOf(Duration.ofSeconds(60), 1);
        Set<Duration> waits = new TreeSet<>();
        for (int i = 0; i < 20; i++) {
            waits.add(rhythm.afterFailure(PollKind.TASKS, 1, Duration.ofMinutes(10)));
        }

        assertThat(waits).hasSize(20);
    }
}
