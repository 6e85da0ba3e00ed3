package dev.turnpike.commandline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.commandline.program.Program;
import dev.turnpike.http.HostileServer;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.faults.Fault;
import dev.turnpike.sandbox.faults.FaultRule;
import dev.turnpike.sandbox.world.Pace;
import dev.turnpike.sandbox.world.SandboxTurn.Work;
import dev.turnpike.sandbox.world.TaskRequest;
import dev.turnpike.sandbox.world.TurnState;
import dev.turnpike.sandbox.world.World;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands about tasks, through the route that ships, on a stand-in that lives. */
class TaskCommandsIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private static final Pace PACE = Pace.quiet().withRuns(Duration.ofMillis(100), Duration.ofMillis(300));

    private static SandboxBackend sandbox;
    private static Path authFile;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeAll
    static void start() throws IOException {
        sandbox = SandboxBackend.builder().seed(5).pace(PACE).start();
        authFile = sandbox.writeCodexHome(folder);
        Files.createDirectories(folder.resolve("prompts"));
        Files.writeString(folder.resolve("prompts/fix.md"), "Fix $ARGUMENTS");
    }

    @AfterAll
    static void stop() {
        sandbox.close();
    }

    @BeforeEach
    void noFaults() {
        sandbox.faults().clear();
    }

    private int run(String... arguments) {
        return runAt(sandbox.baseUri().toString(), arguments);
    }

    private int runAt(String baseUrl, String... arguments) {
        out.reset();
        err.reset();
        List<String> all = new ArrayList<>(List.of("task", arguments[0]));
        all.addAll(List.of(
                "-Dcodex.base-url=" + baseUrl,
                "-Dcodex.token-url=" + sandbox.tokenUri(),
                "-Dcodex.auth-files=" + authFile,
                "-Dcodex.call-deadline=1m",
                "-Dpoll.tasks.active=1s"));
        all.addAll(List.of(arguments).subList(1, arguments.length));
        PrintStream to = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        return Turnpike.run(Program.of(Map.of(), to, errors), all.toArray(String[]::new));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** What was said but that it takes a while, which it may on a busy machine. */
    private Stream<String> complaints() {
        return err().lines().filter(line -> !line.startsWith("waiting for Codex ... "));
    }

    private JsonNode json() throws IOException {
        return JSON.readTree(out());
    }

    private static World.Created ended(String prompt, TurnState how) {
        World.Created task =
                sandbox.world().create(TaskRequest.plain().withPrompt(prompt).withTitle(prompt));
        sandbox.world().start(task.turnId());
        sandbox.world().end(task.turnId(), how);
        return task;
    }

    @Test
    void createWaitsForTheEndAndFollowUpGoesOn() throws IOException {
        int code = run("create", "-e", "acme/checkout", "--wait", "--json", "/prompts:fix", "the", "badge");

        String status = json().path("status").asText();
        assertThat(code).as(err()).isEqualTo(status.equals("completed") ? 0 : 1);
        assertThat(status).isIn("completed", "failed", "cancelled");
        String task = json().path("task_id").asText();
        assertThat(run("status", task, "--json")).isEqualTo(code);
        assertThat(json().path("title").asText()).contains("Fix the badge");

        assertThat(run("follow-up", "--json", task, "Once", "more")).as(err()).isZero();
        assertThat(json().path("task_id").asText()).isEqualTo(task);
    }

    @Test
    void aStartingDiffThatChangesNoFileAndABranchThatGitRefusesStartNothing() throws IOException {
        Path diff = Files.writeString(folder.resolve("a.diff"), "*** Begin Patch\n*** Update File: a\n@@\n-a\n+b\n");
        long before = sandbox.requests().count(SandboxEndpoint.CREATE);

        assertThat(run("create", "-e", "acme/checkout", "--starting-diff", diff.toString(), "Go on"))
                .isEqualTo(64);
        assertThat(err()).contains("--starting-diff " + diff + ": holds no change of a file");
        assertThat(run("create", "-e", "acme/checkout", "-b", "my branch", "Go on"))
                .isNotZero();
        assertThat(err()).contains("the branch \"my branch\" can be none; expected: a name that git accepts");
        assertThat(sandbox.requests().count(SandboxEndpoint.CREATE)).isEqualTo(before);
    }

    @Test
    void onlyACompletedTaskIsASuccess() {
        World.Created failed = ended("Fails", TurnState.FAILED);
        World.Created good = ended("Works", TurnState.COMPLETED);

        assertThat(run("status", failed.taskId())).isEqualTo(1);
        assertThat(out()).startsWith("failed  Fails");
        assertThat(run("status", good.taskId())).isZero();
        assertThat(out()).startsWith("completed  Works").contains("/codex/tasks/" + good.taskId());
        assertThat(run("status", "task_e_0")).isEqualTo(1);
        assertThat(err()).contains("the account has no task task_e_0");
    }

    @Test
    void listShowsTasksForPeopleAndPrograms() throws IOException {
        World.Created task = ended("To be listed", TurnState.COMPLETED);

        assertThat(run("list", "--limit", "3")).isZero();
        assertThat(out()).contains(task.taskId(), "completed", "To be listed");
        assertThat(run("list", "--json")).isZero();
        assertThat(json().findValuesAsText("task_id")).contains(task.taskId());
    }

    @Test
    void attemptsAreCountedOverThoseWithADiff() {
        World.Created task = sandbox.world().create(TaskRequest.plain().withAttempts(3));
        sandbox.world().end(task.turnId(), TurnState.COMPLETED, work("first"));
        sandbox.world().end(task.siblingTurnIds().get(0), TurnState.FAILED, new Work(null, null, null, null));
        sandbox.world().end(task.siblingTurnIds().get(1), TurnState.COMPLETED, work("third"));

        assertThat(run("diff", task.taskId())).isZero();
        assertThat(out()).isEqualTo(work("first").diff());
        assertThat(run("diff", task.taskId(), "--attempt", "2")).isZero();
        assertThat(out()).isEqualTo(work("third").diff());
        assertThat(run("diff", task.taskId(), "--attempt", "3")).isEqualTo(1);
        assertThat(err()).contains("2 attempts");
        assertThat(run("diff", task.taskId(), "--attempt", "0")).isEqualTo(64);
        assertThat(err()).contains("--attempt is 0: attempts are counted from 1");
    }

    @Test
    void withoutANumberTheFirstAttemptThatHasADiffIsShown() {
        World.Created task = sandbox.world().create(TaskRequest.plain().withAttempts(2));
        sandbox.world().end(task.turnId(), TurnState.FAILED, new Work(null, null, null, null));
        sandbox.world().end(task.siblingTurnIds().get(0), TurnState.COMPLETED, work("second"));

        assertThat(run("diff", task.taskId())).as(err()).isZero();
        assertThat(out()).isEqualTo(work("second").diff());
    }

    @Test
    void waitingEndsWhenItHasLastedLongEnough() {
        sandbox.pace(Pace.quiet().withRuns(Duration.ofMinutes(5), Duration.ofMinutes(6)));
        try {
            assertThat(run("create", "-e", "acme/checkout", "--wait-at-most", "1s", "Takes its time"))
                    .isEqualTo(1);
        } finally {
            sandbox.pace(PACE);
        }
        assertThat(err()).contains("waited as long as --wait-at-most allows; the work goes on");
    }

    @Test
    void aLongWaitSaysWhatItWaitsFor() throws Exception {
        sandbox.pace(Pace.quiet().withRuns(Duration.ofHours(5), Duration.ofHours(6)));
        ExecutorService terminal = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> code =
                    terminal.submit(() -> run("create", "-e", "acme/checkout", "--wait", "Takes its time"));
            await().until(() -> err().matches("(?s).*/task_.*(pending|in_progress) \\.\\.\\. \\d+ s.*"));
            String task = err().replaceFirst("(?s).*/(task_\\w+).*", "$1");
            sandbox.world().end(sandbox.world().latestTurn(task), TurnState.COMPLETED);
            assertThat(code.get()).isZero();
        } finally {
            sandbox.pace(PACE);
            terminal.shutdownNow();
        }
    }

    private static Work work(String text) {
        return new Work(text, "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+" + text + "\n", null, null);
    }

    @Test
    void whatIsWrongIsOneLine() {
        assertThat(run("create", "-e", "acme/nothing", "Fix it")).isEqualTo(1);
        assertThat(err()).contains("acme/nothing", "acme/checkout");
        assertThat(run("create", "-e", "acme/checkout")).isEqualTo(64);
        assertThat(err()).contains("the prompt is missing");
        assertThat(run("create", "-e", "acme/checkout", "--max-used", "0", "Fix it"))
                .isEqualTo(64);
        assertThat(err()).contains("--max-used must be from 1 to 100, but is 0");
        assertThat(run("create", "-e", "acme/checkout", "--max-used", "1", "Fix it"))
                .isEqualTo(1);
        assertThat(err()).contains("more than 1% used: five_hour ", "retry after ");
        World.Created running = sandbox.world().create(TaskRequest.plain());
        assertThat(run("follow-up", running.taskId(), "More")).isEqualTo(1);
        assertThat(err()).contains("has not ended (pending)");

        sandbox.faults().add(FaultRule.next(1, Fault.RESET, SandboxEndpoint.CREATE));
        assertThat(run("create", "-e", "acme/checkout", "Fix it")).isEqualTo(1);
        assertThat(complaints()).hasSize(1).first().asString().contains("the work may have begun");
    }

    @Test
    void whatWasNeverSentHasNotBegun() throws IOException {
        try (HostileServer upstream = new HostileServer()) {
            String last = "connection: close\r\n";
            upstream.next(
                    HostileServer.reply(200, last, "[{\"id\": \"env-1\", \"label\": \"acme/checkout\"}]"),
                    (request, socket) -> {
                        upstream.refuse();
                        HostileServer.reply(200, last, "{\"plan_type\": \"pro\"}")
                                .to(request, socket);
                    });

            int code = runAt(upstream.url() + "/backend-api", "create", "-e", "acme/checkout", "Fix it");

            assertThat(upstream.requests())
                    .hasSize(2)
                    .allSatisfy(request -> assertThat(request.method()).isEqualTo("GET"));
            assertThat(code).as(err()).isEqualTo(69);
            assertThat(complaints())
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("POST /tasks", "Connection refused")
                    .doesNotContain("may have begun");
        }
    }

    @Test
    void aRefusalIsNotTakenForALostReply() {
        sandbox.faults().add(FaultRule.next(1, Fault.RATE_LIMITED, SandboxEndpoint.CREATE));

        assertThat(run("create", "-e", "acme/checkout", "Fix it")).isEqualTo(69);

        assertThat(complaints()).hasSize(1).first().asString().contains("429").doesNotContain("may have begun");
    }
}
