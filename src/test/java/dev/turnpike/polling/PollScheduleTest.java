package dev.turnpike.polling;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PollScheduleTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final PollSchedule rhythm = scheduleOf(MINUTE, 5);

    @Test
    void theIntervalIsKeptButForATenth() {
        for (int i = 0; i < 1000; i++) {
            assertThat(rhythm.after(MINUTE)).isBetween(Duration.ofSeconds(54), Duration.ofSeconds(66));
        }
    }

    @Test
    void eachFailureInARowDoublesTheWaitUpToACap() {
        Duration before = Duration.ZERO;
        for (int failures = 1; failures <= 6; failures++) {
            Duration wait = rhythm.afterFailure(PollKind.TASKS, failures, null);
            assertThat(wait).isGreaterThan(before);
            before = wait;
        }
        for (int failures = 7; failures < 5000; failures++) {
            assertThat(rhythm.afterFailure(PollKind.TASKS, failures, null))
                    .isBetween(Duration.ofSeconds(270), Duration.ofSeconds(330));
        }
    }

    @Test
    void aFailureIsTriedAgainSoonerThanALongIntervalAndNeverLaterThanItInTheEnd() {
        Duration day = Duration.ofDays(1);
        assertThat(scheduleOf(day, 5).afterFailure(PollKind.TASKS, 1, null)).isLessThan(Duration.ofSeconds(6));
        assertThat(scheduleOf(day, 5).afterFailure(PollKind.TASKS, 4000, null)).isLessThanOrEqualTo(day.plusHours(3));
    }

    @Test
    void upstreamsWishIsHonouredUpToAnHour() {
        assertThat(rhythm.afterFailure(PollKind.TASKS, 1, Duration.ofSeconds(90)))
                .isBetween(Duration.ofSeconds(90), Duration.ofSeconds(99));
        assertThat(rhythm.afterFailure(PollKind.TASKS, 1, Duration.ofDays(300)))
                .isBetween(Duration.ofHours(1), Duration.ofMinutes(66));
        assertThat(rhythm.afterFailure(PollKind.TASKS, 6, Duration.ZERO)).isGreaterThan(Duration.ofSeconds(100));
    }

    static PollSchedule scheduleOf(Duration interval, long seed) {
        return new PollSchedule(new PollSchedule.Intervals(interval, interval, interval), new Random(seed));
    }
}
