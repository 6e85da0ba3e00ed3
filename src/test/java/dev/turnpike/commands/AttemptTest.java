package dev.turnpike.commands;

import static dev.turnpike.commands.ScriptedCalls.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AttemptTest {
    private final Attempt attempt = new Attempt();

    @Test
    void aRefusedOneMayBeMadeAgain() {
        attempt.begin(WINDOW, WINDOW.plusSeconds(1));
        assertThat(attempt.isUnderWay()).isTrue();

        attempt.refused();

        assertThat(attempt.isUnderWay()).isFalse();
        assertThat(attempt.isDoubtful()).isFalse();
    }

    @Test
    void aDoubtfulOneStaysDoubtful() {
        attempt.begin(WINDOW, WINDOW.plusSeconds(1));
        attempt.doubted();

        attempt.refused();

        assertThat(attempt.isDoubtful()).isTrue();
        assertThat(attempt.isUnderWay()).isFalse();
        assertThat(attempt.window()).isEqualTo(WINDOW);
        assertThat(attempt.at()).isEqualTo(WINDOW.plusSeconds(1));
    }
}
