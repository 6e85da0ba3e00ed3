package dev.turnpike.codex;

import static dev.turnpike.codex.Replies.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.codex.Task.PullRequest;
import dev.turnpike.codex.Turn.DiffStats;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaskReaderTest {
    private final List<String> drift = new ArrayList<>();
    private final TaskReader reader = new TaskReader(drift::add);

    @Test
    void everyFieldOfASampleTaskIsRead() {
        Task task = reader.read(Replies.body("tasks-list").at("/items/0"));

        assertThat(task)
                .isEqualTo(new Task(
                        "task_e_a577416b5e2148f7a19a1ce9ab56e859",
                        "Add notes with PR",
                        Instant.parse("2026-11-22T07:41:45.384007Z"),
                        Instant.parse("2026-11-22T07:41:45.384007Z"),
                        "acme/widgets",
                        "main",
                        "pr",
                        false,
                        new Task.LatestTurn(
                                "task_e_a577416b5e2148f7a19a1ce9ab56e859~assttrn_e_f2966a45acbc4899b0c04f384857c575",
                                TurnStatus.COMPLETED,
                                "completed",
                                new DiffStats(1, 2, 0),
                                1),
                        List.of(new PullRequest(
                                7,
                                "https://github.com/acme/widgets/pull/7",
                                "open",
                                false,
                                "Add notes",
                                "codex/add-notes",
                                "main")),
                        null));
        assertThat(drift).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tasks-list", "tasks-list-page-1", "tasks-list-page-2"})
    void noSampleListHoldsAnythingUnknown(String name) {
        Replies.body(name)
                .get("items")
                .forEach(item -> assertThat(reader.read(item).latest().status()).isNotEqualTo(TurnStatus.UNKNOWN));

        assertThat(drift).isEmpty();
    }

    @Test
    void attemptsAreTheSiblingsAndOneMore() {
        assertThat(reader.read(Replies.body("tasks-list").at("/items/1"))
                        .latest()
                        .attemptCount())
                .isEqualTo(2);
    }

    static Stream<Arguments> listsTheCliAccepts() {
        return Replies.file("variants-list-status-diff").properties().stream()
                .filter(variant -> variant.getKey().startsWith("list/"))
                .filter(variant -> variant.getValue().get("accepted").booleanValue())
                .map(variant ->
                        Arguments.of(variant.getKey(), variant.getValue().get("reply")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("listsTheCliAccepts")
    void whatTheCliAcceptsIsAccepted(String name, JsonNode reply) throws Exception {
        Page page = Page.ofTasks(reply);

        assertThat(page.items()).isNotEmpty();
        assertThat(page.items())
                .allSatisfy(item -> assertThat(reader.read(item).id()).isEqualTo("task_e_1"));
    }

    @ParameterizedTest
    @CsvSource({
        "turn_status-pending, PENDING, pending",
        "turn_status-in_progress, IN_PROGRESS, in_progress",
        "turn_status-completed, COMPLETED, completed",
        "turn_status-failed, FAILED, failed",
        "turn_status-cancelled, CANCELLED, cancelled",
        "turn_status-queued, UNKNOWN, queued",
        "turn_status-None, UNKNOWN,",
        "state-pending, PENDING, pending",
        "state-ready, UNKNOWN, ready",
        "state-error, UNKNOWN, error",
        "item-without-task_status_display, UNKNOWN,"
    })
    void statusWordsOutsideTheVocabularyLeaveTheTurnOpen(String variant, TurnStatus status, String word) {
        Task.LatestTurn latest = reader.read(Replies.file("variants-list-status-diff")
                        .get("list/" + variant)
                        .at("/reply/items/0"))
                .latest();

        assertThat(latest.status()).isEqualTo(status);
        assertThat(latest.word()).isEqualTo(word);
        if (status == TurnStatus.UNKNOWN) {
            assertThat(drift).containsExactly("status:" + (word == null ? "none" : word));
        } else {
            assertThat(drift).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "pr-without-number, 0",
        "pr-without-url, 1",
        "pr-without-state, 1",
        "pr-without-merged, 1",
        "pr-without-mergeable, 1",
        "pr-mergeable-null, 1",
        "pr-without-assistant_turn_id, 1"
    })
    void anIncompletePullRequestDoesNotHideTheTask(String variant, int pullRequests) {
        JsonNode item =
                Replies.file("variants-list-status-diff").get("list/" + variant).at("/reply/items/0");

        assertThat(reader.read(item).pullRequests()).hasSize(pullRequests);
    }

    @Test
    void anEntryWithoutANumberIsLeftOutAndTheOthersStay() {
        Task task = reader.read(json("{'id':'task_e_1','pull_requests':[null,7,{},{'pull_request':{'number':'8'}},"
                + "{'pull_request':{'number':9,'url':7,'merged':'yes','head':{'ref':'x'}}}]}"));

        assertThat(task.pullRequests()).containsExactly(new PullRequest(9, null, null, null, null, null, null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "null            | The item is null, a task object is expected",
                "[]              | The item is an array, a task object is expected",
                "7               | The item is a number, a task object is expected",
                "{}              | The task has no id",
                "{'id':null}     | The task has no id",
                "{'id':7}        | The task has an id that is a number instead of a string",
                "{'id':''}       | The task has an id that is empty",
                "{'id':'a b'}    | The task has an id that is empty",
                "{'id':'ä'}      | The task has an id that is empty",
                "{'id':'..'}     | The task has an id that is empty",
                "{'id':'a\\n'}   | The task has an id that is empty"
            })
    void aMalformedItemSaysWhatIsWrong(String item, String message) {
        assertThatThrownBy(() -> reader.read(json(item)))
                .isInstanceOf(MalformedItemException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void missingNodesAreMalformedToo() {
        assertThatThrownBy(() -> reader.read(null)).isInstanceOf(MalformedItemException.class);
        assertThatThrownBy(() -> reader.read(NullNode.getInstance())).isInstanceOf(MalformedItemException.class);
        assertThatThrownBy(() -> reader.read(MissingNode.getInstance())).isInstanceOf(MalformedItemException.class);
    }

    @Test
    void noOptionalFieldOfAnyTypeMakesATaskUnreadable() {
        JsonNode sample = Replies.body("tasks-list").at("/items/0");
        List<JsonNode> odd = List.of(
                json("null"),
                json("7"),
                json("-1e400"),
                json("true"),
                json("'x'"),
                json("[]"),
                json("[[{}],7,null]"),
                json("{}"));
        for (String path : objectsOf(sample)) {
            JsonNode copy = sample.deepCopy();
            List<String> names = new ArrayList<>();
            copy.at(path).fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                for (JsonNode value : odd) {
                    if (!(path + name).equals("id")) {
                        JsonNode changed = sample.deepCopy();
                        ((ObjectNode) changed.at(path)).set(name, value);
                        assertThat(reader.read(changed).id())
                                .isEqualTo(sample.get("id").textValue());
                    }
                }
            }
        }
    }

    private static List<String> objectsOf(JsonNode sample) {
        List<String> paths = new ArrayList<>(List.of(
                "",
                "/task_status_display",
                "/task_status_display/latest_turn_status_display",
                "/task_status_display/latest_turn_status_display/diff_stats",
                "/pull_requests/0",
                "/pull_requests/0/pull_request"));
        assertThat(paths)
                .allSatisfy(path -> assertThat(sample.at(path).isObject()).isTrue());
        return paths;
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "1760690304.254775, 2025-10-17T08:38:24.254775Z",
                "1760690304, 2025-10-17T08:38:24Z",
                "1, 1970-01-01T00:00:01Z",
                "0, none",
                "-5, none",
                "1760690304254, none",
                "1e400, none",
                "99999999999999999999999999, none",
                "'\"1760690304\"', none",
                "'\"2025-10-17T08:38:24Z\"', none",
                "true, none"
            })
    void timesAreUnixSecondsOrAbsent(String value, Instant time) {
        assertThat(reader.read(json("{'id':'task_e_1','updated_at':" + value + "}"))
                        .updatedAt())
                .isEqualTo(time);
    }

    @Test
    void unknownFieldsAreCountedByNameAndNeverByValue() {
        ObjectNode item = (ObjectNode) json("{'id':'task_e_1','colour':'secret','task_status_display':"
                + "{'mood':1,'latest_turn_status_display':{'turn_status':'completed','pace':{}}}}");
        item.put("sp ace\n" + "x".repeat(5000), "secret");

        reader.read(item);

        assertThat(drift)
                .containsExactly(
                        "field:task.colour",
                        "field:task.sp_ace_" + "x".repeat(41),
                        "field:task_status_display.mood",
                        "field:latest_turn_status_display.pace");
        assertThat(drift).allSatisfy(name -> assertThat(name).hasSizeLessThanOrEqualTo(80));
    }

    @Test
    void anObjectFullOfUnknownFieldsIsReportedOfOnlyInPart() {
        ObjectNode item = JsonNodeFactory.instance.objectNode().put("id", "task_e_1");
        for (int i = 0; i < 10_000; i++) {
            item.put("f" + i, i);
        }

        reader.read(item);

        assertThat(drift).hasSize(9);
    }
}
