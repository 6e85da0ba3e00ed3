package dev.turnpike.commands;

import static dev.turnpike.commands.ScriptedCalls.WINDOW;
import static dev.turnpike.commands.ScriptedCalls.command;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class AgendaTest {
    private final Agenda agenda = new Agenda();

    private static CommandKey key(String id) {
        return new CommandKey("", id);
    }

    private static Instant at(long seconds) {
        return WINDOW.plusSeconds(seconds);
    }

    private static CommandRun run(String id) {
        return CommandRun.fresh(command(id, TaskCommand.Kind.CREATE, "Fix it"), WINDOW, null, 1);
    }

    @Test
    void nothingIsDueBeforeItsTime() {
        assertThat(agenda.next()).isEmpty();
        agenda.plan(key("a"), at(10));

        assertThat(agenda.due(at(9))).isEmpty();
        assertThat(agenda.due(at(10))).contains(key("a"));
        assertThat(agenda.next()).contains(at(10));
    }

    @Test
    void whoHasWaitedLongestIsFirst() {
        agenda.plan(key("late"), at(30));
        agenda.plan(key("early"), at(10));
        agenda.plan(key("between"), at(20));

        assertThat(agenda.due(at(60))).contains(key("early"));
        agenda.postpone(run("early"), at(40));
        assertThat(agenda.due(at(60))).contains(key("between"));
        agenda.strike(key("between"));
        assertThat(agenda.due(at(60))).contains(key("late"));
        assertThat(agenda.next()).contains(at(30));
        assertThat(agenda.keys()).containsExactlyInAnyOrder(key("early"), key("late"));
    }

    @Test
    void aPlannedLookIsMovedByALookOnly() {
        agenda.plan(key("a"), at(10));

        agenda.plan(key("a"), at(0));
        assertThat(agenda.next()).contains(at(10));

        agenda.postpone(run("a"), at(5));
        assertThat(agenda.next()).contains(at(5));
    }

    @Test
    void aRunIsRememberedUntilItIsStruck() {
        CommandRun first = run("a");
        agenda.plan(key("a"), at(0));

        assertThat(agenda.run(key("a"), () -> first)).isSameAs(first);
        assertThat(agenda.run(key("a"), () -> run("a"))).isSameAs(first);
        CommandRun looked = run("a");
        agenda.postpone(looked, at(5));
        assertThat(agenda.run(key("a"), () -> run("a"))).isSameAs(looked);

        agenda.strike(key("a"));

        CommandRun anew = run("a");
        assertThat(agenda.run(key("a"), () -> anew)).isSameAs(anew);
        assertThat(agenda.next()).isEmpty();
    }
}
