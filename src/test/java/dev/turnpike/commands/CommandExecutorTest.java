package dev.turnpike.commands;

import static dev.turnpike.commands.ScriptedCalls.WINDOW;
import static dev.turnpike.commands.ScriptedCalls.command;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.MovableClock;
import dev.turnpike.retry.Pauses;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

/** How often a command is tried in place, and when it has to wait. */
class CommandExecutorTest {
    private static final Outcome ACCEPTED = new Outcome.Accepted("task_e_1", "turn", false);

    private final Deque<Outcome> outcomes = new ArrayDeque<>();
    private final Pauses pauses = new Pauses();
    private final MovableClock clock = new MovableClock(WINDOW);
    private final Timings timings = new Timings(Duration.ofSeconds(15), Duration.ofSeconds(30), Duration.ofDays(1));
    private final CommandExecutor executor =
            new CommandExecutor(run -> run.outcome(outcomes.poll()), timings, pauses, clock);
    private final CommandRun run = CommandRun.fresh(command("c", TaskCommand.Kind.CREATE, "Fix it"), WINDOW, null, 1);
    private final CommandRun inDoubt = ScriptedCalls.inDoubt(TaskCommand.Kind.CREATE, "Fix it");

    private static Outcome again(Duration least) {
        return new Outcome.Again("503", least);
    }

    @Test
    void anOutcomeCountsAndAFailureIsTriedAgainInPlace() {
        outcomes.addAll(List.of(again(Duration.ZERO), ACCEPTED));

        assertThat(executor.execute(run)).contains(ACCEPTED);
        assertThat(outcomes).isEmpty();
    }

    @Test
    void whatUpstreamWantsALongPauseForWaitsInTheLog() {
        outcomes.add(again(Duration.ofSeconds(40)));

        assertThat(executor.execute(run)).hasValueSatisfying(outcome -> {
            CommandDeferredException why = (CommandDeferredException) outcome;
            assertThat(why.reason()).isEqualTo("upstream-unavailable");
            assertThat(why.waitTime()).isEqualTo(Duration.ofSeconds(40));
            assertThat(why).hasMessage("Codex is unavailable: 503");
            assertThat(why.isTimeKnown()).isFalse();
        });
    }

    @Test
    void afterFiveFailuresInARowItWaitsLongerEachTime() {
        for (int failed = 1; failed < Timings.QUICK_TRIES; failed++) {
            run.failures++;
        }
        outcomes.add(again(Duration.ZERO));
        assertThat(executor.execute(run))
                .hasValueSatisfying(outcome -> assertThat(((CommandDeferredException) outcome).waitTime())
                        .isEqualTo(Duration.ofSeconds(15)));

        for (int failed = 1; failed < Timings.QUICK_TRIES; failed++) {
            run.failures++;
        }
        outcomes.add(again(Duration.ZERO));
        assertThat(executor.execute(run))
                .hasValueSatisfying(outcome -> assertThat(((CommandDeferredException) outcome).waitTime())
                        .isEqualTo(Duration.ofSeconds(30)));
    }

    @Test
    void aDoubtfulAttemptIsLookedUpAgainSoonButHoldsUpNothingMeanwhile() {
        outcomes.addAll(List.of(again(Duration.ZERO), again(Duration.ofMinutes(10))));

        assertThat(executor.execute(inDoubt)).contains(again(Duration.ofMillis(200)));
        assertThat(executor.execute(inDoubt))
                .as("not longer than between two lookups")
                .contains(again(Duration.ofSeconds(15)));
    }

    /** The route decides which step is next, and users may change it. */
    @Test
    void anAttemptInDoubtIsNotSentASecondTimeByAnyRoute() {
        CommandAttempts attempts = new CommandAttempts(null, new Claims(), timings, clock);

        assertThatThrownBy(() -> attempts.begin(inDoubt))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("in doubt");
    }

    @Test
    void theSearchForADoubtfulAttemptEnds() {
        clock.move(Duration.ofDays(1).plusSeconds(1));
        outcomes.add(again(Duration.ZERO));
        assertThat(executor.execute(inDoubt))
                .hasValueSatisfying(outcome -> assertThat(outcome).isInstanceOf(Outcome.Again.class));

        clock.move(Duration.ofSeconds(1));
        outcomes.add(again(Duration.ZERO));
        assertThat(executor.execute(inDoubt)).hasValueSatisfying(outcome -> {
            CommandRejectedException why = (CommandRejectedException) outcome;
            assertThat(why.isUnknown()).isTrue();
            assertThat(why).hasMessageEndingWith("could not be found out: 503");
        });
    }

    @Test
    void whoIsToStopTriesNoMore() {
        outcomes.add(ACCEPTED);
        pauses.stop();

        assertThat(executor.execute(run)).isEmpty();
        assertThat(outcomes).hasSize(1);
    }

    @Test
    void aTryWithoutAnOutcomeIsAFaultOfTheRoute() {
        assertThat(executor.execute(run)).hasValueSatisfying(outcome -> {
            CommandRejectedException why = (CommandRejectedException) outcome;
            assertThat(why.reason()).isEqualTo("internal");
            assertThat(why).hasMessageContaining("task.create c").hasMessageContaining("routes/commands.camel.yaml");
        });
    }

    @Test
    void whatIsKafkasOrOwnershipsSaysNothingAboutTheCommand() {
        CommandExecutor failing = new CommandExecutor(
                tried -> {
                    tried.attempting(WINDOW, WINDOW);
                    throw new KafkaException("away");
                },
                timings,
                pauses,
                clock);

        assertThatThrownBy(() -> failing.execute(run)).isInstanceOf(KafkaException.class);
        assertThat(run.isInDoubt()).isTrue();
    }
}
