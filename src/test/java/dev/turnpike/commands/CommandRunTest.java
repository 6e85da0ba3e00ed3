package dev.turnpike.commands;

import static dev.turnpike.commands.ScriptedCalls.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommandRunTest {
    private final CommandRun run =
            CommandRun.fresh(ScriptedCalls.command("c", TaskCommand.Kind.CREATE, "Fix it"), WINDOW, null, 1);

    @Test
    void aRefusedAttemptMayBeMadeAgain() {
        run.attempting(WINDOW, WINDOW.plusSeconds(1));
        assertThat(run.isUnderWay()).isTrue();

        run.refused();

        assertThat(run.isUnderWay()).isFalse();
        assertThat(run.isDoubtful()).isFalse();
    }

    @Test
    void aDoubtfulAttemptStaysDoubtful() {
        run.attempting(WINDOW, WINDOW.plusSeconds(1));
        run.doubted();

        run.refused();

        assertThat(run.isDoubtful()).isTrue();
        assertThat(run.isUnderWay()).isFalse();
        assertThat(run.window).isEqualTo(WINDOW);
        assertThat(run.attemptedAt).isEqualTo(WINDOW.plusSeconds(1));
    }
}
