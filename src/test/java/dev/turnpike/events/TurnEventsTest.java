package dev.turnpike.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.codex.Replies;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.Task.PullRequest;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.Turn.DiffStats;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.comparison.Observation.DetailsOutcome;
import dev.turnpike.comparison.TaskChange.Ended;
import dev.turnpike.events.Event.Form;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TurnEventsTest {
    private static final int DIFF_BYTES = 64 * 1024;
    private static final TaskLinks LINKS = new TaskLinks("https://chatgpt.com/backend-api");

    private static Event event(Content content, EndedTurn ended) {
        Event event = new TurnEvents(LINKS, content, DIFF_BYTES).of(ended);
        EventSchemas.assertValid(event);
        return event;
    }

    @Test
    void aCompletedTurnHasEverythingThatMayBePublished() {
        Event event = event(Content.FULL, Samples.ended("task-completed-with-pr"));

        assertThat(Samples.read(event.data())).isEqualTo(Replies.json("""
                                {'task_id':'task_e_a577416b5e2148f7a19a1ce9ab56e859',
                                'turn_id':'task_e_a577416b5e2148f7a19a1ce9ab56e859~assttrn_e_f2966a45acbc4899b0c04f384857c575',
                                'status':'completed','title':'Add notes with PR',
                                'url':'https://chatgpt.com/codex/tasks/task_e_a577416b5e2148f7a19a1ce9ab56e859',
                                'environment':'acme/widgets','repository':'acme/widgets','branch':'main','intent':'pr',
                                'created_at':'2026-11-22T10:00:00Z','ended_at':'2026-11-22T10:01:30.500Z',
                                'observed_at':'2026-11-22T10:01:40.123456Z','duration_seconds':90.5,'attempt_count':1,
                                'diff_stats':{'files_modified':1,'lines_added':2,'lines_removed':0},
                                'files':[{'path':'notes-0.txt','change':'added','lines_added':2,'lines_removed':0}],
                                'summary':'**Summary**\\n\\n* Added `notes-0.txt`. \\n\\n**Testing**\\n\\n* none',
                                'diff':'diff --git a/notes-0.txt b/notes-0.txt\\nnew file mode 100644\\nindex 0000000000000000000000000000000000000000..6c9fdfdbf8669b7968936411050525b995d0a9a6\\n--- /dev/null\\n+++ b/notes-0.txt\\n@@ -0,0 +1,2 @@\\n+line 1 of notes-0.txt\\n+line 2 of notes-0.txt\\n',
                                'pull_requests':[{'number':7,'url':'https://github.com/acme/widgets/pull/7','state':'open','merged':false,
                                'title':'Add notes','head':'codex/add-notes','base':'main'}],
                                'prompt':'with pr','details':'complete','backfill':false,
                                'account':{'id':'ws-1/user-1','plan':'pro'}}
                                """));
        assertThat(event.id()).isEqualTo(event.data().get("turn_id").textValue() + ":completed");
        assertThat(event.type()).isEqualTo("turn.completed");
        assertThat(event.key()).isEqualTo(event.subject()).isEqualTo("task_e_a577416b5e2148f7a19a1ce9ab56e859");
        assertThat(event.time()).isEqualTo(Samples.ENDED);
        assertThat(event.stream()).isEqualTo(EventTopic.TURNS);
    }

    @Test
    void aFailedTurnSaysWhy() {
        Event event = event(Content.FULL, Samples.ended("task-failed"));

        assertThat(event.type()).isEqualTo("turn.failed");
        assertThat(event.data().get("error"))
                .isEqualTo(Replies.json("{'code':'CONTAINER_SETUP_FAILED','message':'setup script exited with 1'}"));
        assertThat(event.metadata().get("error")).isEqualTo(Replies.json("{'code':'CONTAINER_SETUP_FAILED'}"));
        assertThat(event.data().has("files")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"task-cancelled", "task-completed-best-of-2", "task-completed-qa", "task-failed"})
    void everySampleGivesAValidEvent(String sample) {
        for (Content content : Content.values()) {
            Event event = event(content, Samples.ended(sample));
            assertThat(event.data().get("details").textValue()).isEqualTo("complete");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"COMPLETED", "FAILED", "CANCELLED"})
    void whatIsNotKnownIsLeftOut(TurnStatus status) {
        Event event = event(Content.FULL, Samples.bare(status));

        assertThat(event.data())
                .isEqualTo(Replies.json(
                        "{'task_id':'task_e_1','turn_id':'task_e_1~assttrn_e_1','status':'" + status.label()
                                + "','url':'https://chatgpt.com/codex/tasks/task_e_1','observed_at':'2026-11-22T10:01:40.123456Z',"
                                + "'attempt_count':1,'details':'unavailable','backfill':true,"
                                + "'account':{'id':'ws-1/user-1','plan':'pro'}}"));
        assertThat(event.time()).isEqualTo(Samples.OBSERVED);
    }

    @Test
    void contentDecidesWhichTextsAreReported() {
        EndedTurn ended = Samples.ended("task-completed-with-pr");

        assertThat(fields(event(Content.FULL, ended).data())).contains("summary", "diff", "prompt", "files");
        assertThat(fields(event(Content.SUMMARY, ended).data()))
                .contains("summary", "files")
                .doesNotContain("diff", "prompt");
        assertThat(fields(event(Content.METADATA, ended).data()))
                .contains("files", "title")
                .doesNotContain("summary", "diff", "prompt");
        assertThat(fields(event(Content.FULL, ended).metadata()))
                .isEqualTo(fields(event(Content.METADATA, ended).data()));
    }

    private static List<String> fields(JsonNode data) {
        List<String> names = new ArrayList<>();
        data.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void theListsFiguresAreTakenForTheLatestTurnOnly() {
        EndedTurn latest = Samples.ended("task-completed-with-pr");
        Task.LatestTurn another =
                new Task.LatestTurn("task~assttrn_e_9", TurnStatus.COMPLETED, "completed", new DiffStats(9, 9, 9), 1);
        Task followedUp = withLatest(latest.task(), another);

        JsonNode stats = event(Content.FULL, Samples.with(latest, followedUp, latest.content(), null))
                .data()
                .get("diff_stats");

        assertThat(stats).isEqualTo(Replies.json("{'files_modified':1,'lines_added':2,'lines_removed':0}"));
    }

    private static Task withLatest(Task task, Task.LatestTurn latest) {
        return new Task(
                task.id(),
                task.title(),
                task.createdAt(),
                task.updatedAt(),
                task.environment(),
                task.branch(),
                task.intent(),
                task.archived(),
                latest,
                task.pullRequests(),
                null);
    }

    @Test
    void aTurnNeverGetsTheContentOfAnother() {
        EndedTurn ended = Samples.ended("task-completed-with-pr");

        assertThatThrownBy(() -> Samples.with(
                        ended, ended.task(), Samples.ended("task-failed").content(), null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot have the content of turn=");
    }

    @Test
    void aTurnThatHasNotEndedIsNoEvent() {
        assertThatThrownBy(() -> Samples.ended("task-in_progress"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has not ended: status=in_progress");
    }

    /** Every text two megabytes or more, of the characters that grow most when they become JSON. */
    private static EndedTurn enormous(String piece) {
        EndedTurn ended = Samples.ended("task-completed-with-pr");
        String text = piece.repeat(2 * 1024 * 1024 / piece.length());
        StringBuilder diff = new StringBuilder();
        for (int i = 0; i < 2000; i++) {
            diff.append("diff --git a/x b/x\n--- a/x\n+++ b/")
                    .append(i)
                    .append(piece.repeat(2000))
                    .append("\n@@ -0,0 +1 @@\n+x\n");
        }
        diff.append(text.repeat(8));
        PullRequest pullRequest =
                new PullRequest(1, "https://example.org/" + "x".repeat(2000), text, true, text, text, text);
        Task task = new Task(
                ended.task().id(),
                text,
                Instant.EPOCH,
                Instant.EPOCH,
                text,
                text,
                text,
                false,
                ended.task().latest(),
                Collections.nCopies(100, pullRequest),
                null);
        Turn turn = new Turn(
                ended.end().turnId(),
                true,
                0,
                TurnStatus.COMPLETED,
                null,
                null,
                null,
                List.of(),
                text,
                diff.toString(),
                new DiffStats(1, 1, 1),
                new Turn.TurnError(text, text),
                text,
                text,
                List.of());
        return Samples.with(ended, task, turn, text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "\u0001", "é", "😀", "\"", "\uD83D"})
    void everyTextHasItsBound(String piece) {
        Event event = event(Content.FULL, enormous(piece));

        JsonNode data = event.data();
        assertBound(data, "title", 1024);
        assertBound(data, "summary", 64 * 1024);
        assertBound(data, "prompt", 64 * 1024);
        assertBound(data, "diff", DIFF_BYTES);
        assertBound(data.get("error"), "message", 8 * 1024);
        assertBound(data.get("error"), "code", 256);
        for (String name : List.of("environment", "repository", "branch", "intent")) {
            assertBound(data, name, 256);
        }
        assertThat(data.get("pull_requests")).hasSize(20);
        assertThat(data.get("pull_requests_truncated").booleanValue()).isTrue();
        assertThat(data.get("files").size()).isBetween(1, 500);
        assertThat(data.get("files_truncated").booleanValue()).isTrue();
        assertBound(data.at("/files/0"), "path", 1024);
        assertThat(new EventRecords("codex.").of(event.in(Form.METADATA)).value().length)
                .isLessThan(768 * 1024);
    }

    private static void assertBound(JsonNode data, String name, int bytes) {
        byte[] utf8 = data.get(name).textValue().getBytes(StandardCharsets.UTF_8);
        assertThat(utf8.length).as(name).isBetween(bytes - 3, bytes);
        assertThat(data.get(name + "_truncated").booleanValue()).isTrue();
    }

    @Test
    void aDiffOfTwentyMegabytesCountsWholeAndIsReportedInPart() {
        EndedTurn ended = Samples.ended("task-completed-with-pr");
        String one = "diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -0,0 +1,9999 @@\n" + "+some more text\n".repeat(9999);
        ObjectNode reply = Replies.body("task-completed-with-pr").deepCopy();
        ((ObjectNode) reply.at("/current_diff_task_turn/output_items/2/output_diff"))
                .put("diff", one.repeat(130))
                .remove("files_modified");
        ((ObjectNode) reply.at("/task/task_status_display/latest_turn_status_display")).putNull("diff_stats");

        JsonNode data = event(Content.FULL, Samples.ended(reply)).data();

        assertThat(one.length() * 130).isGreaterThan(20_000_000);
        assertThat(data.get("files")).hasSize(130);
        assertThat(data.at("/diff_stats/files_modified").intValue()).isEqualTo(130);
        assertThat(data.at("/diff_stats/lines_added").intValue()).isEqualTo(130 * 9999);
        assertThat(data.get("diff").textValue()).hasSize(DIFF_BYTES);
        assertThat(data.get("diff_truncated").booleanValue()).isTrue();
        assertThat(ended.content().diff()).hasSizeLessThan(1000);
    }

    @Test
    void noDiffAtAllIsReportedWhereNoneIsWanted() {
        JsonNode data = new TurnEvents(LINKS, Content.FULL, 0)
                .of(Samples.ended("task-completed-with-pr"))
                .data();

        assertThat(data.has("diff")).isFalse();
        assertThat(data.get("diff_truncated").booleanValue()).isTrue();
        EventSchemas.assertValid("turn.completed.v1", data);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "javascript:alert(1)",
                "file:///etc/passwd",
                "//example.org",
                "https:",
                "ht tp://x",
                "mailto:a@example.org",
                "https://user:secret@example.org/"
            })
    void onlyWebUrlsAreReported(String url) {
        EndedTurn ended = Samples.ended("task-completed-with-pr");
        PullRequest odd = new PullRequest(7, url, null, null, null, null, null);
        Ended end = new Ended(ended.end().turnId(), ended.end().status(), null, null, false);
        EndedTurn changed =
                Samples.of(ended.task(), end, new DetailsOutcome(DetailsOutcome.Status.NONE, null, null, List.of(odd)));

        assertThat(Samples.read(event(Content.FULL, changed).data().at("/pull_requests/0")))
                .isEqualTo(Replies.json("{'number':7}"));
        // not of the details: the environment is called after it
        assertThat(event(Content.FULL, changed).data().path("repository").asText())
                .isEqualTo("acme/widgets");
    }

    @Test
    void aTurnThatSeemsToEndBeforeItBeganHasNoDuration() {
        EndedTurn ended = Samples.ended("task-failed");
        Ended end = new Ended(
                ended.end().turnId(), ended.end().status(), Samples.CREATED, Samples.CREATED.minusSeconds(90), false);
        EndedTurn odd = Samples.of(ended.task(), end, ended.details());

        assertThat(event(Content.FULL, odd).data().has("duration_seconds")).isFalse();
    }
}
