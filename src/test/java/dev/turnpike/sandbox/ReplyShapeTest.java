package dev.turnpike.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.sandbox.world.TaskRequest;
import dev.turnpike.sandbox.world.TurnState;
import dev.turnpike.sandbox.world.World;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the stand-in's replies against samples that the real CLI accepts. */
class ReplyShapeTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TASKS = "/backend-api/wham/tasks";

    @TempDir
    private Path home;

    private SandboxBackend backend;
    private World world;
    private SandboxClient client;
    private Path authJson;

    @BeforeEach
    void start() throws Exception {
        backend = SandboxBackend.builder().start();
        world = backend.world();
        authJson = backend.writeCodexHome(home);
        client = new SandboxClient(backend).with(authJson);
    }

    @AfterEach
    void stop() {
        backend.close();
    }

    @Test
    void detailsOfAPullRequestTask() throws Exception {
        World.Created task = completed(TaskRequest.plain());
        world.openPullRequest(task.turnId());
        compareDetails("task-completed-with-pr", task);
        assertThat(client.json(TASKS + "/" + task.taskId())
                        .at("/task/external_pull_requests/0/pull_request/user/email")
                        .asText())
                .startsWith("SECRET_");
    }

    @Test
    void detailsOfAFailedTask() throws Exception {
        World.Created task = world.create(TaskRequest.plain());
        world.end(task.turnId(), TurnState.FAILED);
        compareDetails("task-failed", task);
    }

    @Test
    void detailsOfACancelledTask() throws Exception {
        World.Created task = world.create(TaskRequest.plain());
        world.cancel(task.taskId());
        compareDetails("task-cancelled", task);
    }

    @Test
    void detailsOfARunningTask() throws Exception {
        World.Created task = world.create(TaskRequest.plain());
        world.start(task.turnId());
        compareDetails("task-in_progress", task);
    }

    @Test
    void detailsOfAQuestion() throws Exception {
        compareDetails("task-completed-qa", completed(TaskRequest.plain().asQuestion()));
    }

    @Test
    void detailsAndSiblingsOfSeveralAttempts() throws Exception {
        World.Created task = completed(TaskRequest.plain().withAttempts(2));
        world.end(task.siblingTurnIds().get(0), TurnState.COMPLETED);
        compareDetails("task-completed-best-of-2", task);
        compare("sibling-turns-one", TASKS + "/" + task.taskId() + "/turns/" + task.turnId() + "/sibling_turns");
    }

    @Test
    void siblingsOfASingleAttempt() throws Exception {
        World.Created task = completed(TaskRequest.plain());
        compare("sibling-turns-empty", TASKS + "/" + task.taskId() + "/turns/" + task.turnId() + "/sibling_turns");
    }

    @Test
    void theMappingOfTurns() throws Exception {
        World.Created task = completed(TaskRequest.plain().withAttempts(3));
        World.Created next = world.followUp(task.turnId(), null);
        JsonNode mapping = client.json(TASKS + "/" + task.taskId() + "/turns");
        assertThat(Shape.lacks(sample("turns-mapping"), mapping)).isEmpty();
        assertThat(mapping.path("turn_mapping")).hasSize(6);
        assertThat(mapping.at("/turn_mapping/" + next.userTurnId().replace("~", "~0") + "/parent")
                        .asText())
                .isEqualTo(task.turnId());
        assertThat(mapping.path("current_turn_id").asText()).isEqualTo(next.turnId());
    }

    @Test
    void theListOfTasks() throws Exception {
        world.create(TaskRequest.plain().withAttempts(2));
        world.cancel(world.create(TaskRequest.plain()).taskId());
        completed(TaskRequest.plain().withAttempts(2));
        world.openPullRequest(completed(TaskRequest.plain()).turnId());
        compare("tasks-list", TASKS + "/list?limit=20&task_filter=current");
        compare("tasks-list-page-1", TASKS + "/list?limit=2&task_filter=current");
        compare("tasks-list-env-empty", TASKS + "/list?limit=1&environment_id=e0000000000000000000000000000004");
    }

    @Test
    void creation() throws Exception {
        compareCreated("create-task", "");
        compareCreated("create-task-best-of-3", ",\"metadata\":{\"best_of_n\":3}");
    }

    @Test
    void environmentsUsageAndTheRest() throws Exception {
        compare("environments", "/backend-api/wham/environments");
        compare("environments-by-repo", "/backend-api/wham/environments/by-repo/github/acme/checkout");
        compare("usage", "/backend-api/wham/usage");
        compare("rate-limit-reset-credits", "/backend-api/wham/rate-limit-reset-credits");
        compare("accounts-check", "/backend-api/wham/accounts/check");
        HttpResponse<String> unknown = client.get(TASKS + "/task_e_ffffffffffffffffffffffffffffffff");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(SandboxClient.body(unknown)).isEqualTo(sample("task-unknown-404"));
    }

    @Test
    void grantsAndRefusalsOfTheTokenEndpoint() throws Exception {
        String body = "{\"client_id\":\"app_EMoamEEZ73f0CkXaXp7hrann\",\"grant_type\":\"refresh_token\","
                + "\"refresh_token\":\""
                + SandboxClient.tokens(authJson).path("refresh_token").asText() + "\"}";
        HttpResponse<String> granted = client.post("/oauth/token", body);
        assertThat(Shape.differences(sample("oauth-token"), SandboxClient.body(granted)))
                .isEmpty();
        HttpResponse<String> reused = client.post("/oauth/token", body);
        assertThat(reused.statusCode()).isEqualTo(401);
        assertThat(SandboxClient.body(reused)).isEqualTo(sample("oauth-token-reused-401"));
    }

    @Test
    void whatMustNotBePassedOnIsMarked() throws Exception {
        World.Created task = completed(TaskRequest.plain());
        String details = client.get(TASKS + "/" + task.taskId()).body();
        assertThat(details)
                .contains("SECRET_ENV_", "SECRET_VAULT_", "SECRET_SETUP_", "SECRET_WORKLOG_", "SECRET_THREAD_")
                .contains("SECRET_LOGS_", "SECRET_PROXY_", "SECRET_SNAPSHOT_");
        assertThat(client.get("/backend-api/wham/usage").body()).contains("SECRET_EMAIL_");
    }

    private World.Created completed(TaskRequest request) {
        World.Created task = world.create(request);
        world.end(task.turnId(), TurnState.COMPLETED);
        return task;
    }

    private void compareDetails(String sample, World.Created task) throws Exception {
        compare(sample, TASKS + "/" + task.taskId());
    }

    private void compareCreated(String sample, String metadata) throws Exception {
        String body = "{\"new_task\":{\"environment_id\":\"e0000000000000000000000000000001\",\"branch\":\"main\","
                + "\"run_environment_in_qa_mode\":false},\"input_items\":[{\"type\":\"message\",\"role\":\"user\","
                + "\"content\":[{\"content_type\":\"text\",\"text\":\"Add a README badge\"}]}]" + metadata + "}";
        HttpResponse<String> created = client.post(TASKS, body);
        assertThat(created.statusCode()).isEqualTo(200);
        assertThat(Shape.differences(sample(sample), SandboxClient.body(created)))
                .isEmpty();
    }

    private void compare(String sample, String path) throws Exception {
        HttpResponse<String> response = client.get(path);
        assertThat(response.statusCode()).as(path).isEqualTo(200);
        assertThat(response.headers().firstValue("content-type")).contains("application/json");
        assertThat(Shape.differences(sample(sample), SandboxClient.body(response)))
                .as(sample)
                .isEmpty();
    }

    private static JsonNode sample(String name) throws Exception {
        try (InputStream in = ReplyShapeTest.class.getResourceAsStream("/replies/" + name + ".json")) {
            return JSON.readTree(in).path("body");
        }
    }
}
