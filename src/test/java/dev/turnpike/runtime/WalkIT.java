package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.sandbox.Requests;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.faults.Fault;
import dev.turnpike.sandbox.faults.FaultRule;
import dev.turnpike.sandbox.world.Pace;
import dev.turnpike.sandbox.world.TaskRequest;
import dev.turnpike.sandbox.world.TurnState;
import dev.turnpike.sandbox.world.World;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** No turn is skipped, whatever the list looks like while it is read, and no history is published to those who did not ask. */
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(SharedKafka.class)
class WalkIT {
    /** What was open before the start stays so until a test ends it. */
    private static final Pace SLOW = Pace.quiet().withRuns(Duration.ofHours(1), Duration.ofHours(2));

    @TempDir
    Path directory;

    @Test
    void whateverHappensBetweenTwoPollsIsReported(SharedKafka.Brokers brokers) throws Exception {
        SandboxBackend sandbox = SandboxBackend.builder()
                .seed(41)
                .accounts(8)
                .history(12)
                .pace(SLOW)
                .start();
        World world = sandbox.world();
        try (Bench bench = new Bench(brokers, "between", sandbox, Clock.systemUTC())
                .set("poll.tasks.page-size", "5")
                .signIn(directory, accounts(8))
                .start()) {
            bench.awaitContact(8);

            // a1: many more than a page at once; all of one instant
            world.atomically(() -> IntStream.range(0, 23).forEach(i -> ended(world, "a1")));
            // a2: a follow-up in the instant of the end, which ends too; twice
            world.atomically(() -> {
                World.Created first = ended(world, "a2");
                World.Created second = world.followUp(first.turnId(), "and then");
                world.end(second.turnId(), TurnState.FAILED);
                World.Created third = world.followUp(second.turnId(), "try again");
                world.end(third.turnId(), TurnState.COMPLETED);
            });
            // a3: the same where the turns mapping is missing
            sandbox.faults().add(rule(Fault.TURNS_MISSING, SandboxEndpoint.TURNS, "a3", Long.MAX_VALUE));
            world.atomically(() -> {
                World.Created first = ended(world, "a3");
                World.Created second = world.followUp(first.turnId(), "and then");
                world.end(second.turnId(), TurnState.CANCELLED);
                world.end(world.followUp(second.turnId(), "once more").turnId(), TurnState.COMPLETED);
            });
            // a4: the second page names its own cursor as the next, for some time
            sandbox.faults().add(rule(Fault.REPEATED_CURSOR, SandboxEndpoint.LIST, "a4", 4));
            world.atomically(() -> IntStream.range(0, 18).forEach(i -> ended(world, "a4")));
            // a5: pages out of order, a6: pages without times
            sandbox.faults().add(rule(Fault.SHUFFLED_PAGE, SandboxEndpoint.LIST, "a5", Long.MAX_VALUE));
            sandbox.faults().add(rule(Fault.PAGE_WITHOUT_TIMES, SandboxEndpoint.LIST, "a6", Long.MAX_VALUE));
            world.atomically(() -> IntStream.range(0, 12).forEach(i -> ended(world, "a5")));
            world.atomically(() -> IntStream.range(0, 12).forEach(i -> ended(world, "a6")));
            // a7: an open task leaves the list, then ends
            World.Created archived = world.create(TaskRequest.plain().withAccount("a7"));
            // a8: an open task is deleted
            World.Created deleted = world.create(TaskRequest.plain().withAccount("a8"));
            await().until(() -> isOpen(bench, archived.taskId()) && isOpen(bench, deleted.taskId()));
            world.atomically(() -> {
                world.archive(archived.taskId(), true);
                world.end(archived.turnId(), TurnState.COMPLETED);
                world.delete(deleted.taskId());
            });

            bench.awaitReported();
            await().until(() -> known(bench, deleted.taskId()).path("gone").asBoolean());
            assertThat(isOpen(bench, deleted.taskId())).isFalse();
            bench.assertNothingMore();
            assertThat(sandbox.faults().servedTo("a4")).isPositive();
            assertThat(bench.metric("turnpike_upstream_drift_total", "repeated-cursor"))
                    .isPositive();
            assertThat(bench.metric("turnpike_upstream_drift_total", "list-order"))
                    .isPositive();
            assertThat(bench.metric("turnpike_upstream_drift_total", "missing:turns-endpoint"))
                    .isPositive();
            await().untilAsserted(() ->
                    assertThat(driftAlerts(bench)).contains("repeated-cursor", "list-order", "missing:turns-endpoint"));
            // what a page shows is published before the next one is asked for
            await("walks down to the last page, since the order is broken")
                    .until(() -> fullWalks(bench, "a5") > 0 && fullWalks(bench, "a6") > 0);
            bench.assertContract();
        }
    }

    @Test
    void tasksThatMoveWhilePagesAreReadAreNotMissed(SharedKafka.Brokers brokers) throws Exception {
        SandboxBackend sandbox = SandboxBackend.builder().seed(42).start();
        World world = sandbox.world();
        try (Bench bench = new Bench(brokers, "moving", sandbox, Clock.systemUTC())
                .set("poll.tasks.page-size", "3")
                .signIn(directory, accounts(1))
                .start()) {
            bench.awaitContact(1);
            List<World.Created> tasks = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                tasks.add(world.create(TaskRequest.plain()));
            }
            Random random = new Random(42);
            List<World.Created> open = new ArrayList<>(tasks);
            // each ends while others jump to the top of the list, so that pages shift all the time
            await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(15)).until(() -> {
                for (int i = 0; i < 3; i++) {
                    world.touch(tasks.get(random.nextInt(tasks.size())).taskId());
                }
                if (random.nextInt(6) == 0) {
                    world.end(open.remove(random.nextInt(open.size())).turnId(), TurnState.COMPLETED);
                }
                return open.isEmpty();
            });
            bench.awaitReported();
            bench.assertNothingMore();
        }
    }

    @Test
    void historyIsRecordedInSilenceAndRecordingItGoesOnAfterARestart(SharedKafka.Brokers brokers) throws Exception {
        SandboxBackend sandbox =
                SandboxBackend.builder().seed(43).history(300).pace(SLOW).start();
        // no machine reads all pages before the stop
        sandbox.requests().observe(new ListsUpTo(30, sandbox));
        try (Bench bench = new Bench(brokers, "history", sandbox, Clock.systemUTC())
                .set("poll.tasks.page-size", "5")
                .set("poll.tasks.budget", "100ms")
                .signIn(directory, accounts(1))
                .start()) {
            await().pollInterval(Duration.ofMillis(50))
                    .until(() -> account(bench).has("historyCursor") && taskRecords(bench) >= 20);
            bench.stop();
            sandbox.requests().observe(new Requests.Observer() {});
            sandbox.faults().clear();
            JsonNode half = account(bench);
            assertThat(half.path("historyDone").asBoolean()).isFalse();
            long tasksThen = taskRecords(bench);
            Instant stopped = Instant.now();

            bench.start();
            await().until(() -> account(bench).path("historyDone").asBoolean());
            String cursor = half.path("historyCursor").asText();
            assertThat(sandbox.requests().last().stream()
                            .filter(request -> request.endpoint() == SandboxEndpoint.LIST
                                    && request.at().isAfter(stopped)))
                    .as("the first page below the newest is where recording had come to")
                    .anySatisfy(request ->
                            assertThat(request.target()).contains(URLEncoder.encode(cursor, StandardCharsets.UTF_8)));
            assertThat(tasksThen).as("recorded before the stop").isGreaterThanOrEqualTo(20L);
            assertThat(taskRecords(bench))
                    .as("recorded after it")
                    .isGreaterThan(tasksThen)
                    .isGreaterThan(200L);
            assertThat(account(bench).path("baseline")).isEqualTo(half.path("baseline"));

            // what was open at first contact is owed
            bench.endHistory();
            await().until(() -> !bench.topic("turns").turns().isEmpty());
            assertThat(bench.topic("turns").turns())
                    .containsExactly(bench.owed().get(bench.owed().size() - 1));
            assertThat(TurnsTopic.json(bench.topic("turns").records().get(0))
                            .path("backfill")
                            .asBoolean())
                    .isFalse();
            bench.assertContract();
        }
    }

    @Test
    void whoAsksForTheBeginningGetsTheHistoryMarkedAsBackfill(SharedKafka.Brokers brokers) throws Exception {
        SandboxBackend sandbox =
                SandboxBackend.builder().seed(44).history(60).pace(SLOW).start();
        try (Bench bench = new Bench(brokers, "beginning", sandbox, Clock.systemUTC())
                .set("start-from", "beginning")
                .signIn(directory, accounts(1))
                .start()) {
            List<String> listed = sandbox.ledger().entries().stream()
                    .filter(entry -> entry.goneAt() == null)
                    .map(entry -> entry.turnId())
                    .toList();
            assertThat(listed).hasSizeBetween(30, 59);
            bench.awaitContact(1);
            bench.endHistory();
            await().until(() -> bench.topic("turns").turns().size() >= listed.size());
            List<ConsumerRecord<String, byte[]>> reported = bench.topic("turns").turnRecords();
            assertThat(reported.stream()
                            .map(TurnsTopic::json)
                            .map(turn -> turn.path("turn_id").asText()))
                    .containsExactlyInAnyOrderElementsOf(listed);
            String last = listed.get(listed.size() - 1);
            assertThat(reported.stream()
                            .map(TurnsTopic::json)
                            .filter(turn -> !turn.path("backfill").asBoolean())
                            .map(turn -> turn.path("turn_id").asText()))
                    .as("what ended after first contact")
                    .containsExactly(last);
            List<String> together = sandbox.ledger().entries().stream()
                    .filter(entry -> entry.goneAt() == null && !entry.others().isEmpty())
                    .map(entry -> entry.turnId())
                    .toList();
            await().untilAsserted(() -> assertThat(bench.topic("turns").attempts())
                    .isNotEmpty()
                    .containsExactlyInAnyOrderElementsOf(together));
            bench.assertContract();
        }
    }

    /** After so many lists there are no more. */
    private static final class ListsUpTo implements Requests.Observer {
        private final AtomicInteger left;
        private final SandboxBackend sandbox;

        ListsUpTo(int lists, SandboxBackend sandbox) {
            this.left = new AtomicInteger(lists);
            this.sandbox = sandbox;
        }

        @Override
        public void arrived(SandboxEndpoint endpoint, String body) {
            if (endpoint == SandboxEndpoint.LIST && left.getAndDecrement() == 0) {
                sandbox.faults()
                        .add(new FaultRule(
                                EnumSet.of(Fault.UNAVAILABLE), 1, Set.of(SandboxEndpoint.LIST), null, Long.MAX_VALUE));
            }
        }
    }

    private static World.Created ended(World world, String account) {
        World.Created task = world.create(TaskRequest.plain().withAccount(account));
        world.end(task.turnId(), TurnState.COMPLETED);
        return task;
    }

    private static FaultRule rule(Fault fault, SandboxEndpoint endpoint, String account, long times) {
        return new FaultRule(EnumSet.of(fault), 1, Set.of(endpoint), account, times);
    }

    /** Pages that were the last of their list: twelve of history, a fourth archived, and those that were added. */
    private static long fullWalks(Bench bench, String account) {
        List<Requests.Seen> seen = bench.seen(SandboxEndpoint.LIST, account);
        long walks = 0;
        int pages = 0;
        for (Requests.Seen request : seen) {
            pages = request.target().contains("cursor=") ? pages + 1 : 1;
            walks += pages == 4 ? 1 : 0;
        }
        return walks;
    }

    /** The names in all alerts that say that upstream is not as it is taken to be. */
    private static Set<String> driftAlerts(Bench bench) {
        Set<String> names = new TreeSet<>();
        bench.topic("alerts").records().stream()
                .filter(alert -> TurnsTopic.header(alert, "ce_type").contains("upstream.drift"))
                .forEach(alert -> TurnsTopic.json(alert).path("names").forEach(name -> names.add(name.asText())));
        return names;
    }

    private static JsonNode known(Bench bench, String taskId) {
        return bench.state().entrySet().stream()
                .filter(entry -> entry.getKey().endsWith("|" + taskId))
                .map(entry -> entry.getValue())
                .findFirst()
                .orElse(MissingNode.getInstance());
    }

    private static boolean isOpen(Bench bench, String taskId) {
        for (JsonNode turn : known(bench, taskId).path("turns")) {
            if (turn.path("open").asBoolean()) {
                return true;
            }
        }
        return false;
    }

    private static JsonNode account(Bench bench) {
        return bench.state().entrySet().stream()
                .filter(entry -> entry.getKey().startsWith("account|"))
                .map(entry -> entry.getValue())
                .findFirst()
                .orElse(MissingNode.getInstance());
    }

    /** How many tasks were ever recorded, those included that were forgotten since because they are idle and old. */
    private static long taskRecords(Bench bench) {
        return bench.topic("state").records().stream()
                .map(ConsumerRecord::key)
                .filter(key -> key.startsWith("task|"))
                .distinct()
                .count();
    }

    private static List<String> accounts(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(number -> "a" + number).toList();
    }
}
