package dev.turnpike.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Who may wait, and what is told of it. */
class DeferralsTest {
    private static final Instant RECEIVED = Instant.parse("2026-11-22T10:00:00Z");
    private static final Duration WAIT = Duration.ofSeconds(15);

    private final Deferrals deferrals = new Deferrals(Duration.ofDays(1));

    private static CommandRun run(boolean impatient) {
        TaskCommand command = new TaskCommand(
                new CommandKey("", "c"),
                TaskCommand.Kind.CREATE,
                null,
                "p",
                false,
                impatient,
                null,
                "e",
                null,
                1,
                null,
                null);
        return CommandRun.fresh(command, RECEIVED, null, 1);
    }

    private static CommandDeferredException why(String reason, boolean unbounded) {
        return new CommandDeferredException(reason, WAIT, "the detail", unbounded);
    }

    private static CommandState deferred(String reason, Instant until) {
        return CommandState.deferred(run(false).command(), RECEIVED, "a", until, reason);
    }

    @Test
    void aPatientCommandWaits() {
        assertThat(deferrals.refusal(run(false), why("turn-running", false), RECEIVED))
                .isEmpty();
    }

    @Test
    void whatIsWantedNowDoesNotWait() {
        assertThat(deferrals.refusal(run(true), why("usage-limit", true), RECEIVED))
                .hasValueSatisfying(refusal -> {
                    assertThat(refusal.reason()).isEqualTo("usage-limit");
                    assertThat(refusal).hasMessage("the detail");
                    assertThat(refusal.expected()).contains("when: now");
                    assertThat(refusal.isUnknown()).isFalse();
                });
    }

    @Test
    void whatIsWantedNowWaitsAllTheSameForACommandOfTheSameWords() {
        assertThat(deferrals.refusal(run(true), why(CommandOutcomes.SAME_WORDS, false), RECEIVED))
                .isEmpty();
    }

    @Test
    void patienceEnds() {
        CommandDeferredException why = why("turn-running", false);

        assertThat(deferrals.refusal(run(false), why, RECEIVED.plus(Duration.ofDays(1))))
                .isEmpty();
        assertThat(deferrals.refusal(
                        run(false), why, RECEIVED.plus(Duration.ofDays(1)).plusMillis(1)))
                .hasValueSatisfying(refusal -> {
                    assertThat(refusal.reason()).isEqualTo("turn-running");
                    assertThat(refusal).hasMessage("waited for commands.patience in vain: the detail");
                });
    }

    @Test
    void aTimeThatIsKnownIsWaitedForHoweverLongItTakes() {
        assertThat(deferrals.refusal(run(false), why("usage-limit", true), RECEIVED.plus(Duration.ofDays(30))))
                .isEmpty();
    }

    @Test
    void theFirstDeferralAndEachOtherReasonAreTold() {
        CommandDeferredException why = why("turn-running", false);

        assertThat(Deferrals.isNews(why, RECEIVED.plus(WAIT), null)).isTrue();
        assertThat(Deferrals.isNews(why, RECEIVED.plus(WAIT), deferred("usage-limit", RECEIVED)))
                .isTrue();
    }

    @Test
    void thatItStillWaitsForTheSameIsNotToldAgain() {
        assertThat(Deferrals.isNews(
                        why("turn-running", false),
                        RECEIVED.plus(Duration.ofHours(2)),
                        deferred("turn-running", RECEIVED)))
                .isFalse();
    }

    @Test
    void aTimeThatIsKnownIsToldAgainWhereItHasMovedByAMinute() {
        CommandState before = deferred("usage-limit", RECEIVED.plusSeconds(600));
        CommandDeferredException why = why("usage-limit", true);

        assertThat(Deferrals.isNews(why, RECEIVED.plusSeconds(659), before)).isFalse();
        assertThat(Deferrals.isNews(why, RECEIVED.plusSeconds(660), before)).isTrue();
        assertThat(Deferrals.isNews(why, RECEIVED.plusSeconds(60), before)).isFalse();
    }
}
