package dev.turnpike.commands;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ClaimsTest {
    private final Claims claims = new Claims();
    private final TaskCommand.Key one = new TaskCommand.Key("", "1");
    private final TaskCommand.Key two = new TaskCommand.Key("", "2");

    @Test
    void oneCommandAtATimeHasTheSameWordsForAnAccount() {
        assertThat(claims.claim("a", "words", one)).isTrue();
        assertThat(claims.claim("a", "words", one)).isTrue();
        assertThat(claims.claim("a", "words", two)).isFalse();
        assertThat(claims.claim("b", "words", two)).isTrue();
        assertThat(claims.claim("a", "others", two)).isTrue();
        assertThat(claims.othersOf("a", one)).isEqualTo(1);

        claims.release(one);

        assertThat(claims.claim("a", "words", two)).isTrue();
    }

    @Test
    void whatAnAttemptStartedStaysItsOwn() {
        claims.attribute("task_e_1", "attempt");
        claims.attribute("task_e_3", null);

        // a follow-up of it whose reply names no turn
        claims.attribute("task_e_1", "another");
        assertThat(claims.isOthers("task_e_1", "another")).isTrue();
        assertThat(claims.isOthers("task_e_1", "attempt")).isFalse();
        assertThat(claims.isOthers("task_e_2", "attempt")).isFalse();
        assertThat(claims.isOthers("task_e_3", "attempt")).isTrue();
    }
}
