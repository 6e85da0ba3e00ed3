package dev.turnpike.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.Replies;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.Task.PullRequest;
import dev.turnpike.codex.TaskReader;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.credentials.Identity;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TaskSnapshotsTest {
    private final TaskSnapshots snapshots = new TaskSnapshots(new TaskLinks("http://127.0.0.1:8081/backend-api/"));
    private final Task sample = task(Replies.body("tasks-list").at("/items/1").toString());

    private static Task task(String json) {
        return new TaskReader(DriftObserver.NONE).read(Replies.json(json));
    }

    private Event of(Task task) {
        Event event = snapshots.of(Samples.ACCOUNT, task, Samples.OBSERVED);
        EventSchemas.assertValid(event);
        return event;
    }

    @Test
    void aSnapshotHasTheTaskAsTheListShowsIt() {
        Event event = of(sample);

        assertThat(event.data()).isEqualTo(Replies.json("""
                                {'task_id':'task_e_e8cea1e79284435fad93eb648ce7d959','title':'Add notes twice',
                                'url':'http://127.0.0.1:8081/codex/tasks/task_e_e8cea1e79284435fad93eb648ce7d959',
                                'environment':'acme/widgets','branch':'main','intent':'pr','status':'completed',
                                'latest_turn_id':'task_e_e8cea1e79284435fad93eb648ce7d959~assttrn_e_8ff51c18fe4a42a5b5fad6596cbe28e1',
                                'created_at':'2026-11-22T07:41:45.383966Z','updated_at':'2026-11-22T07:41:45.383966Z',
                                'archived':false,'attempt_count':2,
                                'diff_stats':{'files_modified':1,'lines_added':2,'lines_removed':0},
                                'account':{'id':'ws-1/user-1','plan':'pro'}}
                                """));
        assertThat(event.id()).startsWith(sample.id() + ":");
        assertThat(event.time()).isEqualTo(sample.updatedAt());
        assertThat(event.key()).isEqualTo(sample.id());
        assertThat(event.metadata()).isEqualTo(event.data());
    }

    @Test
    void everySampleTaskGivesAValidSnapshot() {
        Set<String> hashes = new HashSet<>();
        for (String list : List.of("tasks-list", "tasks-list-page-1", "tasks-list-page-2")) {
            Replies.body(list)
                    .get("items")
                    .forEach(item -> hashes.add(of(task(item.toString())).id()));
        }
        assertThat(hashes).hasSize(6);
        of(task("{'id':'task_e_1'}"));
        of(task("{'id':'task_e_1','task_status_display':{'latest_turn_status_display':{'turn_status':'queued'}}}"));
    }

    @Test
    void theIdIsTheSameUntilTheDataIsAnother() {
        String json = Replies.body("tasks-list").at("/items/1").toString();
        String id = of(sample).id();

        assertThat(id).matches(sample.id() + ":[0-9a-f]{32}");
        assertThat(of(task(json)).id()).isEqualTo(id);
        assertThat(of(task(json.replace("\"has_unread_turn\":false", "\"has_unread_turn\":true")))
                        .id())
                .isEqualTo(id);
        for (String[] change : new String[][] {
            {"\"updated_at\":1.7953333", "\"updated_at\":1.7953339"},
            {"Add notes twice", "Add notes thrice"},
            {"\"completed\"", "\"failed\""},
            {"\"archived\":false", "\"archived\":true"},
            {"\"lines_added\":2", "\"lines_added\":3"},
            {"~assttrn_e_8ff51c18", "~assttrn_e_9ff51c18"},
            {"\"intent\":\"pr\"", "\"intent\":\"qa\""},
            {"\"pull_requests\":[]", "\"pull_requests\":[{\"pull_request\":{\"number\":1}}]"}
        }) {
            assertThat(json).contains(change[0]);
            assertThat(of(task(json.replace(change[0], change[1]))).id())
                    .as(change[1])
                    .isNotEqualTo(id);
        }
    }

    @Test
    void aTitleOfTwoMegabytesIsCut() {
        String title = "😀".repeat(1024 * 1024 / 2);
        PullRequest long1 = new PullRequest(1, "https://example.org/", title, true, title, title, title);
        Task task = new Task(
                "task_e_1",
                title,
                Instant.EPOCH,
                null,
                title,
                title,
                title,
                true,
                new Task.LatestTurn(null, TurnStatus.UNKNOWN, title, null, 1),
                Collections.nCopies(1000, long1),
                null);

        Event event = of(task);

        assertThat(event.data().get("title").textValue()).isEqualTo("😀".repeat(256));
        assertThat(event.data().get("title_truncated").booleanValue()).isTrue();
        assertThat(event.time()).isEqualTo(Samples.OBSERVED);
        assertThat(new EventRecords("codex.").of(event).value().length).isLessThan(768 * 1024);
    }

    @Test
    void thePlanIsLeftOutWhereItIsNotKnown() {
        Event event = snapshots.of(new Identity("ws/u", null), sample, Samples.OBSERVED);

        assertThat(event.data().get("account")).isEqualTo(Replies.json("{'id':'ws/u'}"));
    }
}
