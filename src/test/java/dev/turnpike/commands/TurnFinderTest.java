package dev.turnpike.commands;

import static dev.turnpike.commands.ScriptedCalls.assistant;
import static dev.turnpike.commands.ScriptedCalls.details;
import static dev.turnpike.commands.ScriptedCalls.mapping;
import static dev.turnpike.commands.ScriptedCalls.user;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which turn is taken for what came of an attempted follow-up. */
class TurnFinderTest {
    private final ScriptedCalls calls = new ScriptedCalls();
    private final TurnFinder finder = new TurnFinder(new TaskLookup(calls));
    private final CommandRun run = ScriptedCalls.doubtful(TaskCommand.Kind.FOLLOW_UP, "More");

    @Test
    void findsTheTurnThatGoesOnFromTheRunsTurnWithItsPrompt() {
        calls.with(
                "tasks/old/turns",
                mapping(
                        user("u1", null, "More", -50),
                        assistant("old~1", "u1", 0),
                        user("u2", "old~1", "More", -5),
                        user("u3", "old~1", "Less", 5),
                        user("u4", "old~1", "More", 5),
                        assistant("old~4", "u4", 0),
                        user("u5", "old~4", "More", 9)));

        assertThat(finder.find(run, id -> false)).containsExactly(Outcome.Accepted.found("old", "old~4"));
        assertThat(finder.find(run, "old~4"::equals)).as("another command's").isEmpty();
    }

    @Test
    void anAnswerWithoutAPlaceComesAfterThoseThatHaveOne() {
        calls.with(
                "tasks/old/turns",
                mapping(
                        user("u4", "old~1", "More", 5),
                        assistant("old~unplaced", "u4", null),
                        assistant("old~second", "u4", 1),
                        assistant("old~first", "u4", 0)));

        assertThat(finder.find(run, id -> false)).containsExactly(Outcome.Accepted.found("old", "old~first"));
    }

    @Test
    void aTurnWithoutAnAnswerYetIsFoundToo() {
        calls.with("tasks/old/turns", mapping(user("u4", "old~1", "More", 5)));

        assertThat(finder.find(run, id -> true)).containsExactly(Outcome.Accepted.found("old", null));
    }

    @Test
    void whereUpstreamHasNoMappingTheLatestTurnIsLookedAt() {
        calls.with("tasks/old", details("old", user("u4", "old~1", "More", 5), assistant("old~4", "u4", 0)));

        assertThat(finder.find(run, id -> false)).containsExactly(Outcome.Accepted.found("old", "old~4"));
        assertThat(finder.find(run, "old~4"::equals)).isEmpty();
        calls.with("tasks/old", details("old", user("u4", "old~3", "More", 5), assistant("old~4", "u4", 0)));
        assertThat(finder.find(run, id -> false)).isEmpty();
    }
}
