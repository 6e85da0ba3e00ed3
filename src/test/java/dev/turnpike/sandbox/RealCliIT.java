package dev.turnpike.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.sandbox.world.Pace;
import dev.turnpike.sandbox.world.SandboxTurn.Work;
import dev.turnpike.sandbox.world.TaskRequest;
import dev.turnpike.sandbox.world.TurnState;
import dev.turnpike.sandbox.world.World;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real CLI takes the stand-in for the service. */
class RealCliIT {
    private static RealCli cli;

    @TempDir
    private Path home;

    private SandboxBackend backend;
    private World world;

    @BeforeAll
    static void install() throws Exception {
        cli = RealCli.installed();
    }

    @BeforeEach
    void start() throws Exception {
        Pace slow = Pace.quiet().withRuns(Duration.ofHours(1), Duration.ofHours(1));
        backend = SandboxBackend.builder().pace(slow).start();
        world = backend.world();
        backend.writeCodexHome(home);
    }

    @AfterEach
    void stop() {
        backend.close();
    }

    @Test
    void aTaskIsCreatedShownAndEnds() throws Exception {
        RealCli.Outcome created = run("cloud", "exec", "--env", "acme/checkout", "--branch", "main", "Add a badge");
        assertThat(created.status()).as(created.err()).isZero();
        String task = created.out().strip().replaceAll(".*/", "");
        assertThat(created.out()).contains("/codex/tasks/" + task);
        RealCli.Outcome running = run("cloud", "status", task);
        assertThat(running.status()).isEqualTo(1);
        assertThat(running.out()).contains("[PENDING] New task");

        world.end(world.latestTurn(task), TurnState.COMPLETED);
        world.openPullRequest(world.latestTurn(task));

        RealCli.Outcome ended = run("cloud", "status", task);
        assertThat(ended.status()).isZero();
        assertThat(ended.out()).contains("[READY] Add a badge", "acme/checkout");
        assertThat(run("cloud", "list").out()).contains("[READY] Add a badge", task);
        assertThat(run("cloud", "diff", task).out())
                .contains(world.defaultWork(world.latestTurn(task), TurnState.COMPLETED)
                        .diff()
                        .strip());
    }

    @Test
    void theListInJsonHasEveryKindOfTaskAndItsPages() throws Exception {
        world.end(world.create(TaskRequest.plain().withTitle("Broken")).turnId(), TurnState.FAILED);
        World.Created several =
                world.create(TaskRequest.plain().withTitle("Several").withAttempts(3));
        world.end(several.turnId(), TurnState.COMPLETED);
        world.cancel(world.create(TaskRequest.plain().withTitle("Stopped")).taskId());
        JsonNode list =
                new ObjectMapper().readTree(run("cloud", "list", "--json").out());
        assertThat(list.path("tasks")).hasSize(3);
        assertThat(list.at("/tasks/0/status").asText()).isEqualTo("error");
        assertThat(list.at("/tasks/1/status").asText()).isEqualTo("ready");
        assertThat(list.at("/tasks/1/attempt_total").asInt()).isEqualTo(3);
        assertThat(list.at("/tasks/1/summary/files_changed").asInt()).isPositive();

        JsonNode page = new ObjectMapper()
                .readTree(run("cloud", "list", "--json", "--limit", "1").out());
        String cursor = page.path("cursor").asText();
        JsonNode next = new ObjectMapper()
                .readTree(run("cloud", "list", "--json", "--limit", "1", "--cursor", cursor)
                        .out());
        assertThat(next.at("/tasks/0/title").asText()).isEqualTo("Several");
    }

    @Test
    void theOtherAttemptsDiffIsShown() throws Exception {
        World.Created task = world.create(TaskRequest.plain().withAttempts(2));
        world.end(task.turnId(), TurnState.COMPLETED);
        String diff = """
            diff --git a/second.txt b/second.txt
            new file mode 100644
            --- /dev/null
            +++ b/second.txt
            @@ -0,0 +1 @@
            +the second attempt
            """;
        world.end(task.siblingTurnIds().get(0), TurnState.COMPLETED, new Work("done", diff, null, null));
        assertThat(run("cloud", "diff", "--attempt", "2", task.taskId()).out()).contains("+the second attempt");
    }

    @Test
    void anExpiredTokenIsRefreshedByTheCli() throws Exception {
        backend.writeCodexHome(home, "a1", Duration.ofMinutes(-1));
        Path authJson = home.resolve("auth.json");
        String before = SandboxClient.tokens(authJson).path("refresh_token").asText();
        RealCli.Outcome listed = run("cloud", "list");
        assertThat(listed.status()).as(listed.err()).isZero();
        assertThat(backend.tokens().counts()).containsEntry("refreshed", 1L);
        assertThat(SandboxClient.tokens(authJson).path("refresh_token").asText())
                .startsWith("rt_")
                .isNotEqualTo(before);
        assertThat(run("cloud", "list").status()).isZero();
        assertThat(backend.tokens().counts()).containsExactly(Map.entry("refreshed", 1L));
    }

    @Test
    void aRefreshTokenThatWasSpentElsewhereIsRefused() throws Exception {
        backend.writeCodexHome(home, "a1", Duration.ofMinutes(-1));
        backend.tokens().rotateElsewhere("a1", null);
        assertThat(run("cloud", "list").status()).isNotZero();
        assertThat(backend.tokens().counts()).containsKey("refresh_token_reused");
    }

    private RealCli.Outcome run(String... arguments) throws Exception {
        return cli.run(backend, home, arguments);
    }
}
