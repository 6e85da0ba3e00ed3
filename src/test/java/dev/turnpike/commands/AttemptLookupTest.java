package dev.turnpike.commands;

import static dev.turnpike.commands.ScriptedCalls.assistant;
import static dev.turnpike.commands.ScriptedCalls.details;
import static dev.turnpike.commands.ScriptedCalls.item;
import static dev.turnpike.commands.ScriptedCalls.mapping;
import static dev.turnpike.commands.ScriptedCalls.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.codex.UpstreamException;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which task, or turn, is taken for the effect of an attempt whose reply was lost. */
class AttemptLookupTest {
    private final ScriptedCalls calls = new ScriptedCalls();
    private final AttemptLookup lookup = new AttemptLookup(calls);
    private final CommandRun followUp = ScriptedCalls.inDoubt(TaskCommand.Kind.FOLLOW_UP, "More");
    private final CommandRun run = ScriptedCalls.inDoubt(TaskCommand.Kind.CREATE, "Fix it\n");

    @Test
    void findsTheNewTaskWithItsPrompt() {
        calls.page(
                        null,
                        null,
                        item("mine", "pending", 3, 3),
                        item("other", "pending", 2, 2),
                        item("taken", "pending", 1, 1),
                        item("before", "pending", -1, 1),
                        item("gone", "pending", 1, 1))
                .with("tasks/mine", details("mine", user("u", null, "Fix it", 3), assistant("mine~1", "u", 0)))
                .with("tasks/other", details("other", user("u", null, "Fix that", 3), "null"));

        assertThat(lookup.search(run, Set.of("taken")::contains))
                .containsExactly(Outcome.Accepted.found("mine", "mine~1"));
        assertThat(run.ruledOut).containsExactlyInAnyOrder("other", "gone");
        assertThat(calls.asked()).doesNotContain("tasks/taken", "tasks/before");

        calls.asked().clear();
        assertThat(lookup.search(run, id -> false)).hasSize(1);
        assertThat(calls.asked())
                .as("what was ruled out is not asked for again")
                .doesNotContain("tasks/other");
    }

    @Test
    void aTaskThatWasFollowedUpMeanwhileIsKnownByItsFirstPrompt() {
        calls.page(null, null, item("mine", "pending", 3, 9))
                .with("tasks/mine", details("mine", user("u2", "a1", "More", 8), "null"))
                .with(
                        "tasks/mine/turns",
                        mapping(
                                user("u1", null, "Fix it", 3),
                                assistant("a0", "u1", 1),
                                assistant("a1", "u1", 0),
                                user("u2", "a1", "More", 8)));

        assertThat(lookup.search(run, id -> false)).containsExactly(Outcome.Accepted.found("mine", "a1"));
    }

    @Test
    void aTaskWhoseTurnIsNotNamedYetIsFoundToo() {
        calls.page(null, null, item("mine", "pending", 3, 3))
                .with("tasks/mine", details("mine", user("u", null, "Fix it", 3), "null"));

        assertThat(lookup.search(run, id -> false)).containsExactly(Outcome.Accepted.found("mine", null));
    }

    @Test
    void aTaskThatDoesNotShowItsPromptDecidesNothing() {
        calls.page(null, null, item("mine", "pending", 3, 3)).with("tasks/mine", details("mine", "null", "null"));

        assertThatThrownBy(() -> lookup.search(run, id -> false)).isInstanceOf(UpstreamException.class);
        assertThat(run.ruledOut).isEmpty();
    }

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

        assertThat(lookup.search(followUp, id -> false)).containsExactly(Outcome.Accepted.found("old", "old~4"));
        assertThat(lookup.search(followUp, "old~4"::equals))
                .as("another command's")
                .isEmpty();
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

        assertThat(lookup.search(followUp, id -> false)).containsExactly(Outcome.Accepted.found("old", "old~first"));
    }

    @Test
    void aTurnWithoutAnAnswerYetIsFoundToo() {
        calls.with("tasks/old/turns", mapping(user("u4", "old~1", "More", 5)));

        assertThat(lookup.search(followUp, id -> true)).containsExactly(Outcome.Accepted.found("old", null));
    }

    @Test
    void whereUpstreamHasNoMappingTheLatestTurnIsLookedAt() {
        calls.with("tasks/old", details("old", user("u4", "old~1", "More", 5), assistant("old~4", "u4", 0)));

        assertThat(lookup.search(followUp, id -> false)).containsExactly(Outcome.Accepted.found("old", "old~4"));
        assertThat(lookup.search(followUp, "old~4"::equals)).isEmpty();
        calls.with("tasks/old", details("old", user("u4", "old~3", "More", 5), assistant("old~4", "u4", 0)));
        assertThat(lookup.search(followUp, id -> false)).isEmpty();
    }
}
