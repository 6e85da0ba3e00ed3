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

/** Which task is taken for what came of an attempt. */
class TaskFinderTest {
    private final ScriptedCalls calls = new ScriptedCalls();
    private final TaskFinder finder = new TaskFinder(new LatestTasks(calls), new TaskLookup(calls));
    private final CommandRun run = ScriptedCalls.doubtful(TaskCommand.Kind.CREATE, "Fix it\n");

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

        assertThat(finder.find(run, Set.of("taken")::contains)).containsExactly(Outcome.Accepted.found("mine", "mine~1"));
        assertThat(run.attempt().ruledOut()).containsExactlyInAnyOrder("other", "gone");
        assertThat(calls.asked()).doesNotContain("tasks/taken", "tasks/before");

        calls.asked().clear();
        assertThat(finder.find(run, id -> false)).hasSize(1);
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

        assertThat(finder.find(run, id -> false)).containsExactly(Outcome.Accepted.found("mine", "a1"));
    }

    @Test
    void aTaskWhoseTurnIsNotNamedYetIsFoundToo() {
        calls.page(null, null, item("mine", "pending", 3, 3))
                .with("tasks/mine", details("mine", user("u", null, "Fix it", 3), "null"));

        assertThat(finder.find(run, id -> false)).containsExactly(Outcome.Accepted.found("mine", null));
    }

    @Test
    void aTaskThatDoesNotShowItsPromptDecidesNothing() {
        calls.page(null, null, item("mine", "pending", 3, 3)).with("tasks/mine", details("mine", "null", "null"));

        assertThatThrownBy(() -> finder.find(run, id -> false)).isInstanceOf(UpstreamException.class);
        assertThat(run.attempt().ruledOut()).isEmpty();
    }
}
