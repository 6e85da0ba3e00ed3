package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.kafka.MessageLimit;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.faults.Fault;
import dev.turnpike.sandbox.faults.FaultRule;
import dev.turnpike.sandbox.world.SandboxTurn.Work;
import dev.turnpike.sandbox.world.TaskRequest;
import dev.turnpike.sandbox.world.TurnState;
import dev.turnpike.sandbox.world.World;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** No reply and no record can stop an account: each turn is published, as well as it can be, and what comes after it too. */
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(SharedKafka.class)
class ExtremesIT {
    private static final String ROW = "+0123456789,a row of a file that nobody should read as a diff\n";

    @TempDir
    Path directory;

    @Test
    void whatIsTooLargeIsCutAndWhatIsNotToBeHadIsLeftOut(SharedKafka.Brokers brokers) throws Exception {
        SandboxBackend sandbox = SandboxBackend.builder()
                .seed(51)
                .accounts(6)
                .accessTokenLifetime(Duration.ofDays(2))
                .start();
        World world = sandbox.world();
        TimeLapse clock = new TimeLapse(30);
        try (Bench bench = new Bench(brokers, "extremes", sandbox, clock)
                .set("poll.tasks.active", "30s")
                .set("poll.tasks.idle", "30s")
                .set("codex.max-reply-bytes", "67108864")
                .set("events.max-diff-bytes", "300000")
                .signIn(
                        directory,
                        IntStream.rangeClosed(1, 6)
                                .mapToObj(number -> "a" + number)
                                .toList())
                .start()) {
            bench.awaitContact(6);
            String longTitle = end(
                    world,
                    world.create(TaskRequest.plain().withAccount("a1").withTitle("A title ".repeat(262_144))),
                    null);
            String longDiff = end(world, world.create(TaskRequest.plain().withAccount("a2")), diff(20_100_000));
            // a5: the task is deleted while its turn waits for details, which fail until then however often they are
            // fetched
            sandbox.faults().add(details(Fault.DETAILS_FAILING, "a5", Long.MAX_VALUE));
            World.Created vanishing = world.create(TaskRequest.plain().withAccount("a5"));
            String vanished = end(world, vanishing, null);
            await().until(() -> sandbox.faults().servedTo("a5") >= 1);
            world.delete(vanishing.taskId());
            sandbox.faults().clear();
            // a4: what is asked about a task breaks, whatever the task
            sandbox.faults().add(details(Fault.DETAILS_FAILING, "a4", Long.MAX_VALUE));
            Instant failed = clock.instant();
            String failing = end(world, world.create(TaskRequest.plain().withAccount("a4")), null);
            await().until(() -> sandbox.faults().servedTo("a4") >= 4);
            clock.skip(Duration.ofHours(2));
            bench.awaitReported();
            assertThat(Instant.parse(turn(bench, failing).path("observed_at").asText()))
                    .as("content that fails to come is waited for an hour")
                    .isAfter(failed.plus(Duration.ofHours(1)));
            JsonNode title = turn(bench, longTitle);
            assertThat(title.path("title_truncated").asBoolean()).isTrue();
            assertThat(title.path("title").asText())
                    .startsWith("A title A title")
                    .hasSizeLessThanOrEqualTo(1024);
            assertThat(title.path("details").asText()).isEqualTo("complete");
            JsonNode diff = turn(bench, longDiff);
            assertThat(diff.path("diff_truncated").asBoolean()).isTrue();
            assertThat(diff.path("diff").asText()).startsWith("diff --git").hasSizeBetween(290_000, 300_000);
            assertThat(diff.path("details").asText()).isEqualTo("complete");
            assertThat(turn(bench, failing).path("details").asText()).isEqualTo("unavailable");
            assertThat(turn(bench, vanished).path("details").asText()).isEqualTo("unavailable");

            // a6: the topic takes no more than so much, and the broker says so only when it is sent
            MessageLimit.set(brokers.clients(), "extremes.turns", 100_000);
            String refused = end(world, world.create(TaskRequest.plain().withAccount("a6")), diff(250_000));
            bench.awaitReported();
            JsonNode reduced = turn(bench, refused);
            assertThat(reduced.has("diff")).isFalse();
            assertThat(reduced.path("title").asText()).isNotBlank();
            // counted when the transaction has ended, which readers may see before
            await().until(() -> bench.metric("turnpike_events_reduced_total") > 0);
            assertThat(bench.metric("turnpike_transactions_total", "outcome=\"refused\""))
                    .isPositive();

            // every account goes on
            sandbox.faults().clear();
            for (int account = 1; account <= 6; account++) {
                end(world, world.create(TaskRequest.plain().withAccount("a" + account)), null);
            }
            bench.awaitReported();
            bench.assertNothingMore();
            bench.assertLive();
            bench.assertContract();
        }
    }

    @Test
    void repliesThatAreTooLargeOrNeverComeCostTheDetailsOnly(SharedKafka.Brokers brokers) throws Exception {
        SandboxBackend sandbox = SandboxBackend.builder()
                .seed(52)
                .accessTokenLifetime(Duration.ofDays(2))
                .start();
        try (Bench bench = new Bench(brokers, "limit", sandbox, new TimeLapse(30))
                .set("poll.tasks.active", "30s")
                .set("poll.tasks.idle", "30s")
                .set("codex.max-reply-bytes", "1000000")
                .set("codex.call-deadline", "5s")
                .signIn(directory, List.of("a1"))
                .start()) {
            bench.awaitContact(1);
            String large = end(sandbox.world(), sandbox.world().create(TaskRequest.plain()), diff(2_000_000));
            bench.awaitReported();
            assertThat(turn(bench, large).path("details").asText()).isEqualTo("unavailable");
            assertThat(bench.metric("turnpike_upstream_requests_seconds_count", "too"))
                    .isPositive();

            // what is asked about one task hangs, and comes in the end
            sandbox.faults().add(details(Fault.HANG, "a1", 4));
            String hanging = end(sandbox.world(), sandbox.world().create(TaskRequest.plain()), null);
            bench.awaitReported();
            String next = end(sandbox.world(), sandbox.world().create(TaskRequest.plain()), null);
            bench.awaitReported();
            assertThat(turn(bench, hanging).path("details").asText()).isEqualTo("complete");
            assertThat(turn(bench, next).path("details").asText()).isEqualTo("complete");
            bench.assertNothingMore();
        }
    }

    private static String end(World world, World.Created task, String diff) {
        Work story = world.defaultWork(task.turnId(), TurnState.COMPLETED);
        String change = diff == null ? story.diff() : diff;
        world.end(task.turnId(), TurnState.COMPLETED, new Work(story.text(), change, null, null));
        return task.turnId();
    }

    private static String diff(int bytes) {
        int rows = bytes / ROW.length() + 1;
        return "diff --git a/data/large.csv b/data/large.csv\nnew file mode 100644\n--- /dev/null\n"
                + "+++ b/data/large.csv\n@@ -0,0 +1," + rows + " @@\n" + ROW.repeat(rows);
    }

    private static FaultRule details(Fault fault, String account, long times) {
        return new FaultRule(EnumSet.of(fault), 1, Set.of(SandboxEndpoint.DETAILS), account, times);
    }

    private static JsonNode turn(Bench bench, String turnId) {
        return bench.topic("turns").records().stream()
                .map(TurnsTopic::json)
                .filter(turn -> turn.path("turn_id").asText().equals(turnId))
                .findFirst()
                .orElseThrow();
    }
}
