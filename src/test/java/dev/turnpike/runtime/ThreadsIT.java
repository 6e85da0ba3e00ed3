package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.SandboxBuilder;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.api.ThreadVariant;
import dev.turnpike.sandbox.faults.Fault;
import dev.turnpike.sandbox.faults.FaultRule;
import dev.turnpike.sandbox.world.Ledger;
import dev.turnpike.sandbox.world.Pace;
import dev.turnpike.sandbox.world.TaskRequest;
import dev.turnpike.sandbox.world.TurnState;
import dev.turnpike.sandbox.world.World;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Threads as a second source: the same events, and none of their troubles is one of tasks. */
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(SharedKafka.class)
class ThreadsIT {
    @TempDir
    Path directory;

    private Bench bench(SharedKafka.Brokers brokers, String name, String sources, SandboxBuilder builder)
            throws Exception {
        SandboxBackend sandbox = builder.sources(Set.of(sources.split(",")))
                .seed(name.hashCode())
                // what the history has left open runs until the test ends it
                .pace(Pace.quiet().withRuns(Duration.ofHours(1), Duration.ofHours(2)))
                .start();
        return new Bench(brokers, name, sandbox, Clock.systemUTC())
                .set("codex.sources", sources)
                .set("codex.threads-url", sandbox.origin().toString())
                .set("poll.tasks.page-size", "5")
                .set("poll.usage", "1d")
                .signIn(directory, List.of("a1"))
                .start();
    }

    /** Until what the history has left open was seen to run: what ends before is nobody's to publish. */
    private static void awaitHistory(Bench bench) {
        List<String> open = bench.sandbox().ledger().entries().stream()
                .filter(entry -> entry.endings().isEmpty())
                .map(Ledger.Entry::taskId)
                .toList();
        await().until(() ->
                open.stream().allMatch(id -> bench.state().keySet().stream().anyMatch(key -> key.endsWith(id))));
    }

    private static String header(ConsumerRecord<String, byte[]> event, String name) {
        return new String(event.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    @Test
    void eventsOfBothSourcesStandSideBySideInTheSameForm(SharedKafka.Brokers brokers) throws Exception {
        try (Bench bench =
                bench(brokers, "both", "tasks,threads", SandboxBackend.builder().history(12))) {
            bench.awaitContact(1);
            bench.awaitContact("threads", 1);
            awaitHistory(bench);
            bench.endHistory();
            bench.sandbox().pace(Pace.busy().withBetweenTasks(Duration.ofMillis(300)));
            await().until(() -> bench.topic("turns").turns().size() >= 20);
            bench.sandbox().pace(Pace.quiet());
            await().until(() -> !bench.isAnythingOpen());
            bench.awaitReported();

            bench.assertNothingMore();
            bench.assertContract();
            List<ConsumerRecord<String, byte[]>> turns = bench.topic("turns").turnRecords();
            assertThat(turns).anyMatch(turn -> !TurnsTopic.json(turn).has("source"));
            assertThat(turns)
                    .filteredOn(turn -> TurnsTopic.json(turn).has("source"))
                    .isNotEmpty()
                    .allSatisfy(turn -> {
                        JsonNode data = TurnsTopic.json(turn);
                        assertThat(data.path("source").asText()).isEqualTo("thread");
                        assertThat(header(turn, "ce_id"))
                                .isEqualTo(data.path("task_id").asText() + ":"
                                        + data.path("turn_id").asText() + ":"
                                        + data.path("status").asText());
                        assertThat(turn.key()).isEqualTo(data.path("task_id").asText());
                        assertThat(data.path("details").asText()).isEqualTo("complete");
                        assertThat(data.has("diff") || data.has("diff_stats") || data.has("pull_requests"))
                                .isFalse();
                        data.path("files")
                                .forEach(file -> assertThat(file.path("edits")).isNotEmpty());
                    });
            assertThat(bench.sandbox().tokens().counts()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whateverIsOtherwiseThanTheSamplesEveryTurnIsReportedOnce(ThreadVariant variant, SharedKafka.Brokers brokers)
            throws Exception {
        try (Bench bench = bench(
                brokers,
                "variant-" + variant.name().toLowerCase(Locale.ROOT),
                "threads",
                SandboxBackend.builder().history(9).threadVariants(EnumSet.of(variant)))) {
            bench.awaitContact("threads", 1);
            World world = bench.sandbox().world();
            for (TurnState end : List.of(TurnState.COMPLETED, TurnState.FAILED, TurnState.CANCELLED)) {
                World.Created created = world.create(TaskRequest.plain());
                world.start(created.turnId());
                world.end(created.turnId(), end);
                // one that nobody sees running
                String next = world.followUp(created.turnId(), "more").turnId();
                world.end(next, TurnState.COMPLETED);
            }
            awaitHistory(bench);
            bench.endHistory();
            bench.awaitReported();

            World.Created seenRunning = world.create(TaskRequest.plain());
            world.start(seenRunning.turnId());
            await().until(() -> bench.state().keySet().stream().anyMatch(key -> key.endsWith(seenRunning.taskId())));
            world.end(seenRunning.turnId(), TurnState.COMPLETED);
            bench.awaitReported();

            bench.assertNothingMore();
            bench.assertContract();
            assertThat(bench.topic("turns").turnRecords())
                    .extracting(turn -> TurnsTopic.json(turn).path("details").asText())
                    .containsOnly("complete");
        }
    }

    @Test
    void aThreadThatWaitsForAPersonIsAnAlertOncePerEpisode(SharedKafka.Brokers brokers) throws Exception {
        try (Bench bench = bench(brokers, "waits", "threads", SandboxBackend.builder())) {
            bench.awaitContact("threads", 1);
            World world = bench.sandbox().world();
            World.Created created = world.create(TaskRequest.plain());
            world.start(created.turnId());
            world.waitFor(created.taskId(), "waitingOnApproval");
            await().until(() -> inputAlerts(bench).count() == 1);
            awaitPolls(bench);
            world.waitFor(created.taskId(), null);
            awaitPolls(bench);
            world.waitFor(created.taskId(), "waitingOnUserInput");
            await().until(() -> inputAlerts(bench).count() == 2);
            awaitPolls(bench);

            assertThat(inputAlerts(bench))
                    .extracting(alert -> alert.path("waits_for").path(0).asText())
                    .containsExactly("waitingOnApproval", "waitingOnUserInput");
            world.end(created.turnId(), TurnState.COMPLETED);
            bench.awaitReported();
            bench.assertContract();
        }
    }

    private static Stream<JsonNode> inputAlerts(Bench bench) {
        return bench.topic("alerts").records().stream()
                .filter(alert -> header(alert, "ce_type").contains("task.needs-input"))
                .map(TurnsTopic::json);
    }

    private static void awaitPolls(Bench bench) {
        long lists = bench.sandbox().requests().count(SandboxEndpoint.THREADS);
        await().until(() -> bench.sandbox().requests().count(SandboxEndpoint.THREADS) >= lists + 3);
    }

    @ParameterizedTest
    @EnumSource(names = {"CHALLENGE", "UNAUTHORIZED", "FORBIDDEN"})
    void aHostOfThreadsThatRefusesCostsNoTokenAndNoTask(Fault fault, SharedKafka.Brokers brokers) throws Exception {
        try (Bench bench = bench(brokers, "refuses-" + fault.label(), "tasks,threads", SandboxBackend.builder())) {
            bench.awaitContact(1);
            // or what ends while the host refuses has ended before its first contact
            bench.awaitContact("threads", 1);
            bench.sandbox()
                    .faults()
                    .add(new FaultRule(
                            EnumSet.of(fault), 1, EnumSet.of(SandboxEndpoint.THREADS), null, Long.MAX_VALUE));
            await().until(() -> bench.sandbox().faults().served().getOrDefault(fault, 0L) >= 2);
            World world = bench.sandbox().world();
            // one of two that follow each other is a task
            List<World.Created> created = List.of(world.create(TaskRequest.plain()), world.create(TaskRequest.plain()));
            created.forEach(one -> world.end(one.turnId(), TurnState.COMPLETED));

            await().until(() -> bench.topic("turns").turns().size() == 1);
            assertThat(bench.sandbox().tokens().counts()).isEmpty();
            assertThat(bench.topic("alerts").records())
                    .noneMatch(alert -> header(alert, "ce_type").contains("auth."));

            bench.sandbox().faults().clear();
            bench.awaitReported();
            bench.assertNothingMore();
        }
    }
}
