package dev.turnpike.commands;

import static dev.turnpike.commands.ScriptedCalls.ACCOUNT;
import static dev.turnpike.commands.ScriptedCalls.WINDOW;
import static dev.turnpike.commands.ScriptedCalls.command;
import static dev.turnpike.commands.ScriptedCalls.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.MovableClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RunningLimitTest {
    private final ScriptedCalls calls = new ScriptedCalls();
    private final Claims claims = new Claims();
    private final CommandRun run = CommandRun.fresh(command("c", TaskCommand.Kind.CREATE, "Fix it"), WINDOW, null, 1);

    private final MovableClock clock = new MovableClock(WINDOW);

    private RunningLimit limit(int most) {
        run.account = ACCOUNT;
        Timings timings = new Timings(Duration.ofSeconds(15), Duration.ofSeconds(30), Duration.ofDays(1));
        return new RunningLimit(most, calls, claims, timings, clock);
    }

    private void check(int most) {
        limit(most).check(run);
    }

    @Test
    void theRunningTasksAreCountedOncePerPauseAndWhatWasStartedSinceIsAdded() {
        calls.page(null, null, item("a", "pending", 1, 1));
        RunningLimit limit = limit(3);
        limit.check(run);
        limit.started(ACCOUNT.id());
        limit.check(run);
        limit.started(ACCOUNT.id());

        assertThatThrownBy(() -> limit.check(run)).hasMessageStartingWith("3 tasks are running");
        assertThat(calls.asked()).hasSize(1);
        clock.move(Duration.ofSeconds(15));

        assertThatCode(() -> limit.check(run)).doesNotThrowAnyException();
        assertThat(calls.asked()).hasSize(2);
    }

    @Test
    void countsWhatRunsAndWhatIsAboutTo() {
        calls.page(null, null, item("a", "pending", 1, 1), item("b", "completed", 1, 1));
        claims.claim(ACCOUNT.id(), "its own words", run.key());
        assertThatCode(() -> check(2)).doesNotThrowAnyException();

        claims.claim(ACCOUNT.id(), "other words", new TaskCommand.Key("", "other"));

        assertThatThrownBy(() -> check(2))
                .isInstanceOfSatisfying(CommandDeferredException.class, deferred -> {
                    assertThat(deferred.reason()).isEqualTo("too-many-running");
                    assertThat(deferred.waitTime()).isEqualTo(Duration.ofSeconds(15));
                })
                .hasMessage("1 tasks are running and 1 are about to start, commands.max-running is 2");
    }

    @Test
    void withoutALimitNobodyIsAsked() {
        check(0);

        assertThat(calls.asked()).isEmpty();
    }
}
