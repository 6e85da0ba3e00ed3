package dev.turnpike.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.MovableClock;
import dev.turnpike.sandbox.world.TaskRequest;
import dev.turnpike.sandbox.world.TurnState;
import dev.turnpike.sandbox.world.World;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the stand-in refuses, and how it pages. */
class StrictnessTest {
    private static final String TASKS = "/backend-api/wham/tasks";
    private static final String ITEMS =
            "\"input_items\":[{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"content_type\":\"text\",\"text\":\"go\"}]}]";

    @TempDir
    private Path home;

    private final MovableClock clock = new MovableClock(Instant.parse("2026-11-22T08:00:00Z"));
    private SandboxBackend backend;
    private World world;
    private SandboxClient client;

    @BeforeEach
    void start() throws Exception {
        backend = SandboxBackend.builder().clock(clock).accounts(2).start();
        world = backend.world();
        client = new SandboxClient(backend).with(backend.writeCodexHome(home));
    }

    @AfterEach
    void stop() {
        backend.close();
    }

    @Test
    void tokensMustBeKnownAndCurrent() throws Exception {
        assertUnauthorized(new SandboxClient(backend).get("/backend-api/wham/usage"));
        assertUnauthorized(new SandboxClient(backend).with("stranger").get(TASKS + "/list"));
        assertThat(client.get("/api/codex/usage").statusCode()).isEqualTo(200);
        clock.move(Duration.ofMinutes(61));
        assertUnauthorized(client.get("/api/codex/usage"));
    }

    @Test
    void aTokenShowsItsOwnAccountOnly() throws Exception {
        World.Created task = world.create(TaskRequest.plain());
        SandboxClient other = new SandboxClient(backend).with(backend.writeCodexHome(home, "a2"));
        assertThat(other.get(TASKS + "/" + task.taskId()).statusCode()).isEqualTo(404);
        assertThat(other.json(TASKS + "/list").path("items")).isEmpty();
        HttpResponse<String> mixed =
                client.send(client.request("/backend-api/wham/usage").header("chatgpt-account-id", "somebody-else"));
        assertThat(mixed.statusCode()).isEqualTo(403);
    }

    @Test
    void bothPathStylesLeadToTheSameTasks() throws Exception {
        World.Created task = world.create(TaskRequest.plain());
        for (String rest : List.of("/list", "/" + task.taskId(), "/" + task.taskId() + "/turns")) {
            assertThat(client.json("/api/codex/tasks" + rest)).isEqualTo(client.json(TASKS + rest));
        }
        assertThat(client.json(TASKS + "/" + task.taskId() + "/turns/" + task.userTurnId())
                        .at("/turn/type")
                        .asText())
                .isEqualTo("user");
        assertThat(client.get("/wham/usage").statusCode()).isEqualTo(404);
        assertThat(client.get(TASKS + "/" + task.taskId() + "/turns/none").statusCode())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=many", "task_filter=closed", "cursor=page-2", "cursor="})
    void oddQueriesAreRefused(String query) throws Exception {
        assertInvalid(client.get(TASKS + "/list?" + query));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not json",
                "[]",
                "{" + ITEMS + "}",
                "{\"new_task\":{},\"follow_up\":{}," + ITEMS + "}",
                "{\"review_fix\":{}," + ITEMS + "}",
                "{\"new_task\":{\"branch\":\"main\"}," + ITEMS + "}",
                "{\"new_task\":{\"environment_id\":7,\"branch\":\"main\"}," + ITEMS + "}",
                "{\"new_task\":{\"environment_id\":\"e0000000000000000000000000000001\"}," + ITEMS + "}",
                "{\"new_task\":{\"environment_id\":\"e0000000000000000000000000000001\",\"branch\":\"main\"}}",
                "{\"new_task\":{\"environment_id\":\"e0000000000000000000000000000001\",\"branch\":\"main\"},"
                        + "\"input_items\":[]}",
                "{\"new_task\":{\"environment_id\":\"e0000000000000000000000000000001\",\"branch\":\"main\"},"
                        + "\"metadata\":{\"best_of_n\":9}," + ITEMS + "}",
            })
    void tasksThatAreNotDescribedWellAreRefused(String body) throws Exception {
        assertInvalid(client.post(TASKS, body));
        assertThat(client.json(TASKS + "/list").path("items")).isEmpty();
    }

    @Test
    void aRepositorysNameIsNoEnvironment() throws Exception {
        HttpResponse<String> response = client.post(
                TASKS, "{\"new_task\":{\"environment_id\":\"acme/checkout\",\"branch\":\"main\"}," + ITEMS + "}");
        assertThat(response.statusCode()).isEqualTo(500);
    }

    @Test
    void onlyATurnThatHasEndedIsFollowedUp() throws Exception {
        World.Created task = world.create(TaskRequest.plain());
        String body = "{\"follow_up\":{\"task_id\":\"" + task.taskId() + "\",\"turn_id\":\"" + task.turnId()
                + "\",\"run_environment_in_qa_mode\":false}," + ITEMS + "}";
        assertInvalid(client.post(TASKS, body));
        world.end(task.turnId(), TurnState.COMPLETED);
        JsonNode reply = SandboxClient.body(client.post(TASKS, body));
        assertThat(reply.at("/user_turn/previous_turn_id").asText()).isEqualTo(task.turnId());
        assertThat(reply.at("/task/current_turn_id").asText())
                .isEqualTo(reply.at("/turn/id").asText())
                .isEqualTo(world.latestTurn(task.taskId()));
        assertInvalid(client.post(TASKS, body.replace(task.turnId(), task.userTurnId())));
        HttpResponse<String> unknown = client.post(TASKS, body.replace(task.taskId(), "task_e_0"));
        assertThat(unknown.statusCode()).isEqualTo(404);
    }

    @Test
    void filtersAndOrder() throws Exception {
        String first = create("e0000000000000000000000000000001");
        String second = create("e0000000000000000000000000000002");
        String third = create("e0000000000000000000000000000001");
        clock.move(Duration.ofSeconds(1));
        world.touch(first);
        clock.move(Duration.ofSeconds(1));
        world.archive(second, true);
        assertThat(ids("task_filter=current")).containsExactly(first, third);
        assertThat(ids("task_filter=archived")).containsExactly(second);
        assertThat(ids("task_filter=all")).containsExactly(second, first, third);
        assertThat(ids("task_filter=all&environment_id=e0000000000000000000000000000002"))
                .containsExactly(second);
        assertThat(client.post(TASKS + "/" + second + "/recover", "").statusCode())
                .isEqualTo(200);
        assertThat(client.delete(TASKS + "/" + first).statusCode()).isEqualTo(200);
        assertThat(ids("")).containsExactly(second, third);
    }

    @Test
    void pagesSkipNoTaskThatDoesNotMove() throws Exception {
        List<String> created = new ArrayList<>();
        for (int number = 0; number < 9; number++) {
            created.add(create("e0000000000000000000000000000001"));
        }
        List<String> seen = new ArrayList<>();
        String query = "limit=2";
        while (query != null) {
            JsonNode page = client.json(TASKS + "/list?" + query);
            page.path("items").forEach(item -> seen.add(item.path("id").asText()));
            assertThat(page.path("items").size()).isLessThanOrEqualTo(2);
            if (seen.size() == 4) {
                world.touch(created.get(0));
                create("e0000000000000000000000000000002");
                world.delete(created.get(8));
            }
            String cursor = page.path("cursor").textValue();
            assertThat(cursor == null || cursor.matches("(?=.*\\+)(?=.*#)(?=.*:)(?=.*=).*"))
                    .isTrue();
            query = cursor == null ? null : "limit=2&cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8);
        }
        assertThat(seen).containsAll(created.subList(1, 9)).doesNotHaveDuplicates();
    }

    @Test
    void aCursorThatIsNotEncodedIsRefused() throws Exception {
        create("e0000000000000000000000000000001");
        create("e0000000000000000000000000000001");
        String cursor =
                client.json(TASKS + "/list?limit=1").path("cursor").asText().replace("#", "%23");
        assertInvalid(client.get(TASKS + "/list?limit=1&cursor=" + cursor));
    }

    @Test
    void theDateHeaderGivesTheTime() throws Exception {
        assertThat(client.get("/api/codex/usage").headers().firstValue("date"))
                .contains("Sun, 22 Nov 2026 08:00:00 GMT");
        JsonNode usage = client.json("/api/codex/usage");
        long reset = usage.at("/rate_limit/primary_window/reset_at").asLong();
        assertThat(Instant.ofEpochSecond(reset)).isAfter(clock.instant());
    }

    private String create(String environment) {
        clock.move(Duration.ofSeconds(1));
        return world.create(TaskRequest.plain().withEnvironment(environment)).taskId();
    }

    private List<String> ids(String query) throws Exception {
        List<String> ids = new ArrayList<>();
        client.json(TASKS + "/list?" + query)
                .path("items")
                .forEach(item -> ids.add(item.path("id").asText()));
        return ids;
    }

    private static void assertUnauthorized(HttpResponse<String> response) throws Exception {
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(SandboxClient.body(response).path("detail").asText())
                .startsWith("Could not parse your authentication token");
    }

    private static void assertInvalid(HttpResponse<String> response) throws Exception {
        assertThat(response.statusCode()).isEqualTo(400);
        JsonNode error = SandboxClient.body(response).path("error");
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.path("message").asText()).startsWith("[{'type': ").contains("'loc': (");
    }
}
