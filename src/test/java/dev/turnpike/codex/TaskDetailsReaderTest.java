package dev.turnpike.codex;

import static dev.turnpike.codex.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.codex.Turn.DiffStats;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaskDetailsReaderTest {
    private static final String DIFF = "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-x\n+y\n";

    private final List<String> drift = new ArrayList<>();
    private final TaskDetailsReader reader = new TaskDetailsReader(drift::add);

    private TaskDetails sample(String name) {
        JsonNode body = Replies.body(name);
        return reader.read(body, body.at("/task/id").textValue());
    }

    @Test
    void aCompletedTaskIsReadWhole() {
        TaskDetails details = sample("task-completed-best-of-2");

        Turn turn = details.assistantTurn();
        assertThat(turn.status()).isEqualTo(TurnStatus.COMPLETED);
        assertThat(turn.text()).isEqualTo("**Summary**\n\n* Added `notes-0.txt`. \n\n**Testing**\n\n* none");
        assertThat(turn.diff()).startsWith("diff --git a/notes-0.txt").endsWith("+line 2 of notes-0.txt\n");
        assertThat(turn.diffStats()).isEqualTo(new DiffStats(1, 2, 0));
        assertThat(turn.repository()).isEqualTo("acme/widgets");
        assertThat(turn.branch()).isEqualTo("main");
        assertThat(turn.attempt()).isZero();
        assertThat(turn.siblingTurnIds()).hasSize(1);
        assertThat(turn.lastEventAt()).isNotNull();
        assertThat(turn.previousTurnId()).isEqualTo(details.userTurn().id());
        assertThat(details.userTurn().text()).isEqualTo("two tries");
        assertThat(details.userTurn().assistant()).isFalse();
        assertThat(details.task().latest().attemptCount()).isEqualTo(2);
        assertThat(details.task().updatedAt()).isNull();
        assertThat(drift).isEmpty();
    }

    @Test
    void aTurnThatTheReplyHoldsTwiceSaysItsTextOnce() {
        TaskDetails details = sample("task-completed-with-pr");

        assertThat(details.diffTurn()).isSameAs(details.assistantTurn());
        assertThat(details.assistantTurn().text().split("Summary", -1)).hasSize(2);
        assertThat(details.task().pullRequests()).hasSize(1);
    }

    @Test
    void theTextOfAnotherTurnIsNotMixedIn() {
        TaskDetails details = reader.read(
                json("{'task':{'id':'t'},'current_assistant_turn':{'id':'t~2','turn_status':'completed','output_items':"
                        + "[{'type':'message','content':['new']}]},'current_diff_task_turn':{'id':'t~1','turn_status':"
                        + "'completed','output_items':[{'type':'message','content':['old']},"
                        + "{'type':'output_diff','diff':'OLD'}]}}"),
                "t");

        assertThat(details.assistantTurn().text()).isEqualTo("new");
        assertThat(details.assistantTurn().diff()).isNull();
        assertThat(details.diffTurn().id()).isEqualTo("t~1");
        assertThat(details.diffTurn().diff()).isEqualTo("OLD");
    }

    @Test
    void whatOnlyOneCopyOfATurnHasIsKept() {
        TaskDetails details = reader.read(
                json(
                        "{'task':{'id':'t'},'current_assistant_turn':{'id':'t~1','turn_status':'failed','output_items':null,"
                                + "'error':{'code':'E','message':'m'}},'current_diff_task_turn':{'id':'t~1','output_items':"
                                + "[{'type':'output_diff','diff':'+a'}]}}"),
                "t");

        assertThat(details.assistantTurn().diff()).isEqualTo("+a");
        assertThat(details.assistantTurn().diffStats()).isEqualTo(new DiffStats(1, 1, 0));
        assertThat(details.assistantTurn().error()).isEqualTo(new Turn.TurnError("E", "m"));
        assertThat(details.assistantTurn().status()).isEqualTo(TurnStatus.FAILED);
    }

    @Test
    void aFailedTurnHasItsError() {
        assertThat(sample("task-failed").assistantTurn().error())
                .isEqualTo(new Turn.TurnError("CONTAINER_SETUP_FAILED", "setup script exited with 1"));
        assertThat(sample("task-failed").diffTurn()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "task-cancelled",
                "task-completed-best-of-2",
                "task-completed-qa",
                "task-completed-with-pr",
                "task-failed",
                "task-in_progress"
            })
    void noSampleHoldsAnythingUnknown(String name) {
        TaskDetails details = sample(name);

        assertThat(details.task().latest().status())
                .isEqualTo(details.assistantTurn().status());
        assertThat(drift).isEmpty();
    }

    static Stream<Arguments> detailsTheCliDecodes() {
        return Replies.file("variants-list-status-diff").properties().stream()
                .filter(variant -> !variant.getKey().startsWith("list/"))
                .filter(variant -> !variant.getKey().equals("status/no-task"))
                .map(variant ->
                        Arguments.of(variant.getKey(), variant.getValue().get("reply")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("detailsTheCliDecodes")
    void whatTheCliDecodesIsDecoded(String name, JsonNode reply) {
        TaskDetails details = reader.read(reply, "task_e_1");

        assertThat(details.task().id()).isEqualTo("task_e_1");
        if (name.startsWith("status/") && reply.has("current_user_turn")) {
            assertThat(details.userTurn().text()).isEqualTo("p");
            boolean ready = Replies.file("variants-list-status-diff")
                    .get(name)
                    .get("accepted")
                    .booleanValue();
            assertThat(details.task().latest().status() == TurnStatus.COMPLETED).isEqualTo(ready);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "output_diff-item-in-diff-turn, true",
        "pr-item-in-diff-turn, true",
        "pr-item-in-assistant-turn, true",
        "output_diff-nested-only, false",
        "pr-flat-diff-only, false",
        "pre_apply_patch-item, false",
        "follow_up_diff-item, false",
        "type-diff-item, false",
        "empty-string, false",
        "two-items-first-wins, true",
        "diff-turn-beats-assistant-turn, true",
        "output_items-null, false",
        "content-item-unknown-type, true",
        "message-content-string, true",
        "message-content-strings, true",
        "external-storage-only, false"
    })
    void theDiffIsFoundWhereTheCliFindsIt(String variant, boolean found) {
        ObjectNode reply = (ObjectNode)
                Replies.file("variants-list-status-diff").get("diff/" + variant).get("reply");
        for (String turn : List.of("current_assistant_turn", "current_diff_task_turn")) {
            if (reply.get(turn).isObject()) {
                ((ObjectNode) reply.get(turn)).put("id", "task_e_1~assttrn_e_1");
            }
        }

        Turn turn = reader.read(reply, "task_e_1").assistantTurn();

        assertThat(turn.diff()).isEqualTo(found ? DIFF : null);
        assertThat(turn.diffStats()).isEqualTo(found ? new DiffStats(1, 1, 1) : null);
    }

    @Test
    void aTurnWithoutAnIdIsTheCurrentOneOnlyWhereTheReplySaysSo() {
        TaskDetails details = reader.read(
                Replies.file("variants-list-status-diff")
                        .get("diff/diff-turn-beats-assistant-turn")
                        .get("reply"),
                "task_e_1");

        assertThat(details.assistantTurn().id()).isEqualTo("task_e_1~assttrn_e_1");
        assertThat(details.diffTurn()).isNull();
        assertThat(drift).contains("missing:turn.id");
    }

    @Test
    void theDisplayBesideTheTaskComesFirst() {
        TaskDetails details = reader.read(
                json(
                        "{'task':{'id':'t','task_status_display':{'latest_turn_status_display':{'turn_status':'pending'}}},"
                                + "'task_status_display':{'latest_turn_status_display':{'turn_status':'completed'}}}"),
                "t");

        assertThat(details.task().latest().status()).isEqualTo(TurnStatus.COMPLETED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                       | The details hold a task that is absent, an object is expected",
                "null                     | The details hold a task that is absent, an object is expected",
                "{'task':null}            | The details hold a task that is null, an object is expected",
                "{'task':[]}              | The details hold a task that is an array, an object is expected",
                "{'task':{'id':'other'}}  | The details are of another task: asked=t got=other"
            })
    void detailsThatAreNotTheTasksSaySo(String reply, String message) {
        assertThatThrownBy(() -> reader.read(json(reply), "t"))
                .isInstanceOfSatisfying(
                        UpstreamException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(UpstreamException.Kind.MALFORMED))
                .hasMessage(message)
                .hasNoCause();
    }

    @Test
    void aDiffOfTwentyMegabytesIsNeverCopied() {
        String line = "+" + "x".repeat(99) + "\n";
        String diff = "diff --git a/a b/a\n--- a/a\n+++ b/a\n" + line.repeat(200_000);
        ObjectNode reply = (ObjectNode) json("{'task':{'id':'t'},'current_assistant_turn':{'id':'t~1'}}");
        ((ObjectNode) reply.get("current_assistant_turn"))
                .putArray("output_items")
                .addObject()
                .put("type", "output_diff")
                .put("diff", diff);

        Turn turn = reader.read(reply, "t").assistantTurn();

        assertThat(turn.diff()).isSameAs(diff);
        assertThat(turn.diffStats()).isEqualTo(new DiffStats(1, 200_000, 0));
    }
}
