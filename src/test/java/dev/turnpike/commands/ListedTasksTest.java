package dev.turnpike.commands;

import static dev.turnpike.commands.ScriptedCalls.ACCOUNT;
import static dev.turnpike.commands.ScriptedCalls.WINDOW;
import static dev.turnpike.commands.ScriptedCalls.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.codex.Task;
import dev.turnpike.codex.UpstreamException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How far down the list is searched. */
class ListedTasksTest {
    private final ScriptedCalls calls = new ScriptedCalls();

    private ListedTasks pages() {
        return new ListedTasks(calls, ACCOUNT);
    }

    private List<String> downToWindow() {
        return pages().downTo(WINDOW).stream().map(Task::id).toList();
    }

    @Test
    void looksDownToAPageOnWhichNothingWasChangedSince() {
        calls.page(null, "c1", item("new", "pending", 5, 5), item("old", "completed", -90, 1))
                .page("c1", "c2", item("a", "completed", -99, -9), item("b", "completed", -99, -8))
                .page("c2", null, item("c", "completed", -99, -99));

        assertThat(downToWindow()).containsExactly("new", "old", "a", "b");
        assertThat(calls.asked()).containsExactly("tasks/list", "tasks/list?c1", "tasks/list");
    }

    @Test
    void anEmptyPageIsNotTheLastOne() {
        calls.page(null, "c1").page("c1", null, item("new", "pending", 5, 5));

        assertThat(downToWindow()).containsExactly("new");
    }

    @Test
    void aTaskThatMovesFromPageToPageIsOneTask() {
        calls.page(null, "c1", item("a", "pending", 5, 5), item("b", "pending", 4, 4))
                .page("c1", null, item("b", "pending", 4, 4), item("c", "pending", 3, 3));

        assertThat(downToWindow()).containsExactly("a", "b", "c");
        assertThat(pages().running()).isEqualTo(3);
    }

    @Test
    void doesNotGoRoundAndRoundAndDoesNotTakeThatForTheEnd() {
        calls.page(null, "c1", item("a", "pending", 5, 5)).page("c1", "c1", item("b", "pending", 5, 5));

        assertThat(pages().running()).isEqualTo(2);
        assertThat(calls.asked()).hasSize(2);
        assertThatThrownBy(this::downToWindow)
                .isInstanceOf(UpstreamException.class)
                .hasMessageContaining("was not shown down to");
    }

    @Test
    void looksAtTenPagesAtMostAndDoesNotTakeThatForTheEnd() {
        IntStream.range(0, 12)
                .forEach(page -> calls.page(
                        page == 0 ? null : "c" + page, "c" + (page + 1), item("t" + page, "in_progress", 5, 5)));

        assertThat(pages().running()).isEqualTo(10);
        assertThat(calls.asked()).hasSize(10);
        assertThatThrownBy(this::downToWindow)
                .isInstanceOf(UpstreamException.class)
                .hasMessageContaining("was not shown down to");
    }

    @Test
    void countsTurnsThatRun() {
        calls.page(
                null,
                null,
                item("a", "pending", 5, 5),
                item("b", "in_progress", 5, 5),
                item("c", "completed", 5, 5),
                item("d", "failed", 5, 5),
                "{'id':'without-a-turn'}");

        assertThat(pages().running()).isEqualTo(2);
    }

    @Test
    void aLookThatCannotReadEverythingCountsForNothing() {
        calls.page(null, null, item("a", "pending", 5, 5), "{'title':'no id'}");

        assertThatThrownBy(this::downToWindow)
                .isInstanceOfSatisfying(
                        UpstreamException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(UpstreamException.Kind.MALFORMED));
        calls.with("tasks/list", "{'items':7}");
        assertThatThrownBy(this::downToWindow)
                .isInstanceOf(UpstreamException.class)
                .hasMessage("the task list's \"items\" is a number, an array is expected");
    }

    @Test
    void whatMovesToTheHeadWhileTheListIsReadIsFoundThere() {
        calls.page(null, "c1", item("a", "pending", 5, 5)).page("c1", null, item("b", "completed", -99, -9));
        calls.after("tasks/list?c1", () -> calls.page(null, "c1", item("moved", "pending", 6, 9)));

        assertThat(downToWindow()).containsExactly("a", "b", "moved");
    }
}
