package dev.turnpike.commands;

import static dev.turnpike.commands.ScriptedCalls.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.Replies;
import org.junit.jupiter.api.Test;

class CommandRunTest {
    private final CommandRun run =
            CommandRun.fresh(ScriptedCalls.command("c", TaskCommand.Kind.CREATE, "Fix it"), WINDOW, null, 1);

    @Test
    void aRefusedAttemptMayBeMadeAgain() {
        run.attempting(WINDOW, WINDOW.plusSeconds(1));
        assertThat(run.isInProgress()).isTrue();

        run.refused();

        assertThat(run.isInProgress()).isFalse();
        assertThat(run.isInDoubt()).isFalse();
    }

    @Test
    void aDoubtfulAttemptStaysDoubtful() {
        run.attempting(WINDOW, WINDOW.plusSeconds(1));
        run.markInDoubt();

        run.refused();

        assertThat(run.isInDoubt()).isTrue();
        assertThat(run.isInProgress()).isFalse();
        assertThat(run.window).isEqualTo(WINDOW);
        assertThat(run.attemptedAt).isEqualTo(WINDOW.plusSeconds(1));
    }

    /** Deferred commands outlive an update: the names of their fields in the log are a format. */
    @Test
    void aCommandInTheLogIsReadAndWrittenByTheNamesOfItsFormat() {
        JsonNode logged = Replies.json("""
                {'v':1,'key':{'source':'s','id':'c'},'stage':'DEFERRED',
                 'command':{'key':{'source':'s','id':'c'},'kind':'CREATE','account':'a','prompt':'Fix it','ask':true,
                  'impatient':true,'maxUsedPercent':80,'environment':'e','branch':'b','attempts':2,'startingDiff':'d',
                  'notAfter':'2026-11-22T11:00:00Z'},
                 'receivedAt':'2026-11-22T10:00:00Z','account':'a','until':'2026-11-22T10:01:00Z','reason':'same-words'}""");

        CommandState state = CommandState.read(logged);

        assertThat(state.command().rejectIfWaiting()).isTrue();
        assertThat(state.write()).isEqualTo(logged);
    }
}
