package dev.turnpike.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who may wait, and what is reported of it. */
class PatienceTest {
    private static final Instant RECEIVED = Instant.parse("2026-11-22T10:00:00Z");
    private static final Duration WAIT = Duration.ofSeconds(15);

    private static Optional<CommandRejectedException> refusal(
            CommandRun run, CommandDeferredException why, Instant now) {
        return CommandProcessor.refusal(run, why, now, Duration.ofDays(1));
    }

    private static CommandRun run(boolean rejectIfWaiting) {
        return run(rejectIfWaiting, null);
    }

    private static CommandRun run(boolean rejectIfWaiting, Instant notAfter) {
        TaskCommand command = new TaskCommand(
                new TaskCommand.Key("", "c"),
                TaskCommand.Kind.CREATE,
                null,
                "p",
                false,
                rejectIfWaiting,
                null,
                "e",
                null,
                1,
                null,
                null,
                notAfter,
                null);
        return CommandRun.fresh(command, RECEIVED, null, 1);
    }

    private static CommandDeferredException why(String reason, boolean unbounded) {
        return new CommandDeferredException(reason, WAIT, "the detail", unbounded);
    }

    private static CommandState deferred(String reason, Instant until) {
        return CommandState.deferred(run(false), until, reason);
    }

    @Test
    void aPatientCommandWaits() {
        assertThat(refusal(run(false), why("turn-running", false), RECEIVED)).isEmpty();
    }

    @Test
    void whatIsWantedNowDoesNotWait() {
        assertThat(refusal(run(true), why("usage-limit", true), RECEIVED)).hasValueSatisfying(refusal -> {
            assertThat(refusal.reason()).isEqualTo("usage-limit");
            assertThat(refusal).hasMessage("the detail");
            assertThat(refusal.expected()).contains("when: now");
            assertThat(refusal.isUnknown()).isFalse();
        });
    }

    @Test
    void whatIsWantedNowWaitsAllTheSameForACommandOfTheSameWords() {
        assertThat(refusal(run(true), why(CommandDeferredException.SAME_PROMPT, false), RECEIVED))
                .isEmpty();
    }

    @Test
    void patienceEnds() {
        CommandDeferredException why = why("turn-running", false);

        assertThat(refusal(run(false), why, RECEIVED.plus(Duration.ofDays(1)).minusMillis(1)))
                .isEmpty();
        assertThat(refusal(run(false), why, RECEIVED.plus(Duration.ofDays(1)))).hasValueSatisfying(refusal -> {
            assertThat(refusal.reason()).isEqualTo("turn-running");
            assertThat(refusal).hasMessage("still not possible after commands.patience: the detail");
        });
    }

    @Test
    void patienceHoldsForAUsageWindowToo() {
        assertThat(refusal(run(false), why("usage-limit", true), RECEIVED.plus(Duration.ofDays(1))))
                .hasValueSatisfying(refusal -> assertThat(refusal.reason()).isEqualTo("usage-limit"));
    }

    @Test
    void aCommandWithATimeOfItsOwnWaitsUntilThenAndNoLonger() {
        CommandRun run = run(false, RECEIVED.plus(Duration.ofDays(3)));
        CommandDeferredException why = why("usage-limit", true);

        assertThat(refusal(run, why, RECEIVED.plus(Duration.ofDays(2)))).isEmpty();
        assertThat(refusal(run, why, RECEIVED.plus(Duration.ofDays(3)))).hasValueSatisfying(refusal -> {
            assertThat(refusal.reason()).isEqualTo("expired");
            assertThat(refusal).hasMessageContaining("2026-11-25T10:00:00Z").hasMessageContaining("the detail");
        });
    }

    @Test
    void theFirstDeferralAndEachOtherReasonAreReplied() {
        CommandDeferredException why = why("turn-running", false);

        assertThat(OutcomeWriter.isReplyDue(why, RECEIVED.plus(WAIT), null)).isTrue();
        assertThat(OutcomeWriter.isReplyDue(why, RECEIVED.plus(WAIT), deferred("usage-limit", RECEIVED)))
                .isTrue();
    }

    @Test
    void thatItStillWaitsForTheSameIsNotRepeated() {
        assertThat(OutcomeWriter.isReplyDue(
                        why("turn-running", false),
                        RECEIVED.plus(Duration.ofHours(2)),
                        deferred("turn-running", RECEIVED)))
                .isFalse();
    }

    @Test
    void aTimeThatIsKnownIsRepliedAgainWhereItHasMovedByAMinute() {
        CommandState before = deferred("usage-limit", RECEIVED.plusSeconds(600));
        CommandDeferredException why = why("usage-limit", true);

        assertThat(OutcomeWriter.isReplyDue(why, RECEIVED.plusSeconds(659), before))
                .isFalse();
        assertThat(OutcomeWriter.isReplyDue(why, RECEIVED.plusSeconds(660), before))
                .isTrue();
        assertThat(OutcomeWriter.isReplyDue(why, RECEIVED.plusSeconds(60), before))
                .isFalse();
    }
}
