package dev.turnpike.scan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeferralsTest {
    private Instant now = Instant.parse("2026-11-22T10:00:00Z");
    private final Deferrals deferrals = new Deferrals(now);

    @Test
    void theFourthNotFoundInARowLeavesNoDoubt() {
        for (int tries = 0; tries < 3; tries++) {
            assertThat(deferrals.isMissingWithOneMore("t")).isFalse();
            fail(Kind.NOT_FOUND, Duration.ofMinutes(1));
        }

        assertThat(deferrals.isMissingWithOneMore("t")).isTrue();
    }

    @Test
    void otherFailuresSayNothingOfWhetherItIsThere() {
        for (int tries = 0; tries < 9; tries++) {
            fail(Kind.SERVER_ERROR, Duration.ofMinutes(1));
        }

        assertThat(deferrals.isMissingWithOneMore("t")).isFalse();
    }

    @Test
    void notFoundsWithinSecondsAreOneTry() {
        for (int tries = 0; tries < 5; tries++) {
            fail(Kind.NOT_FOUND, Duration.ofSeconds(1));
        }

        assertThat(deferrals.isMissingWithOneMore("t")).isFalse();
    }

    @Test
    void whatFailedAndIsGoneIsForgottenOnceNobodyHasAskedForItForADay() {
        fail(Kind.SERVER_ERROR, Duration.ofMinutes(1));
        deferrals.keepOnly(Set.of(), now.plus(Duration.ofHours(20)));
        assertThat(deferrals.failures("t")).as("it may come back").isOne();

        deferrals.keepOnly(Set.of("t"), now.plus(Duration.ofDays(2)));
        assertThat(deferrals.failures("t")).as("it is expected").isOne();

        deferrals.keepOnly(Set.of(), now.plus(Duration.ofDays(2)));
        assertThat(deferrals.failures("t")).isZero();
    }

    private void fail(Kind kind, Duration after) {
        now = now.plus(after);
        deferrals.failed("t", new UpstreamException(kind, 0, null, kind.label(), null), now);
    }
}
