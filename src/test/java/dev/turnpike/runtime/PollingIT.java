package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** When upstream is asked, counted by the stand-in. */
@Execution(ExecutionMode.CONCURRENT)
@ExtendWith(SharedKafka.class)
class PollingIT {
    /** What jitter leaves of three seconds. */
    private static final Duration IDLE = Duration.ofMillis(2650);

    @TempDir
    Path directory;

    @Test
    void anIdlePollIsOneRequestAndLeavesNoTraceInKafka(SharedKafka.Brokers brokers) throws Exception {
        SandboxBackend sandbox = SandboxBackend.builder()
                .seed(31)
                .history(40)
                .pace(Pace.quiet().withRuns(Duration.ofHours(1), Duration.ofHours(2)))
                .start();
        try (Bench bench = new Bench(brokers, "idle", sandbox, Clock.systemUTC())
                .set("poll.usage", "1d")
                .signIn(directory, List.of("a1"))
                .start()) {
            bench.awaitContact(1);
            // a turn that ends in this way is followed by nothing else
            bench.endHistory();
            await().until(() -> bench.topic("turns").turns().size() == 1);
            // the recording of the history, the details of the turn that ended and the only look at usage are behind us
            awaitPolls(bench, 2);
            await().until(() -> bench.metric("turnpike_polls_seconds_count", "kind=\"usage\"") == 1);

            Map<TopicPartition, Long> ends = bench.ends();
            double transactions = bench.metric("turnpike_transactions_total");
            long beside = requestsBesideLists(sandbox);
            long before = listsBeyondPolls(bench);
            // each that was one too many would stay one too many; one that is under way is not
            await("no lists asked for beyond one for each poll").until(() -> listsBeyondPolls(bench) <= before);
            assertThat(requestsBesideLists(sandbox)).isEqualTo(beside);
            assertThat(bench.ends()).isEqualTo(ends);
            assertThat(bench.metric("turnpike_transactions_total")).isEqualTo(transactions);
        }
    }

    @Test
    void pollingFollowsTheTasksAndUpstreamsWishesAndNeverOverlaps(SharedKafka.Brokers brokers) throws Exception {
        SandboxBackend sandbox = SandboxBackend.builder()
                .seed(32)
                .accounts(4)
                .retryAfter(Duration.ofSeconds(6))
                .start();
        try (Bench bench = new Bench(brokers, "rhythm", sandbox, Clock.systemUTC())
                .set("poll.usage", "1d")
                .set("poll.tasks.active", "1s")
                .set("poll.tasks.idle", "3s")
                .set("codex.call-deadline", "4s")
                .signIn(directory, List.of("a1", "a2", "a3", "a4"))
                .start()) {
            bench.awaitContact(4);
            World.Created running = sandbox.world().create(TaskRequest.plain().withAccount("a2"));
            Instant begun = Instant.now();
            sandbox.faults()
                    .add(new FaultRule(
                            EnumSet.of(Fault.RATE_LIMITED_RETRY_AFTER), 1, Set.of(SandboxEndpoint.LIST), "a3", 1));
            sandbox.faults().add(new FaultRule(EnumSet.of(Fault.HANG), 1, Set.of(SandboxEndpoint.LIST), "a4", 1));
            await().until(() -> gaps(bench, "a1", begun).size() >= 2
                    && gaps(bench, "a2", begun).size() >= 5
                    // the account with a task that runs, as soon as the machine keeps up
                    && gaps(bench, "a2", begun).stream().anyMatch(gap -> gap.compareTo(IDLE) < 0)
                    && isAskedAgain(bench, "a3", Fault.RATE_LIMITED_RETRY_AFTER)
                    && isAskedAgain(bench, "a4", Fault.HANG));

            assertThat(gaps(bench, "a1", begun))
                    .as("the idle account")
                    .allSatisfy(gap -> assertThat(gap).isGreaterThan(IDLE));
            assertThat(gaps(bench, "a2", begun))
                    .as("the account with a task that runs")
                    .allSatisfy(gap -> assertThat(gap).isGreaterThan(Duration.ofMillis(850)));
            assertThat(after(bench, "a3", Fault.RATE_LIMITED_RETRY_AFTER))
                    .as("the account that was asked to wait six seconds")
                    .isGreaterThan(Duration.ofMillis(5950));
            assertThat(after(bench, "a4", Fault.HANG))
                    .as("the account whose list took four seconds to fail")
                    .isGreaterThan(Duration.ofSeconds(4));

            sandbox.world().end(running.turnId(), TurnState.COMPLETED);
            bench.awaitReported();
            Instant ended = Instant.now();
            await().until(() -> bench.seen(SandboxEndpoint.LIST, "a2").stream()
                            .filter(request -> request.at().isAfter(ended))
                            .count()
                    > 1);
            assertThat(gaps(bench, "a2", ended))
                    .as("the account whose task has ended")
                    .allSatisfy(gap -> assertThat(gap).isGreaterThan(IDLE));
        }
    }

    private static boolean isAskedAgain(Bench bench, String account, Fault fault) {
        List<Requests.Seen> seen = bench.seen(SandboxEndpoint.LIST, account);
        return seen.stream().anyMatch(request -> request.fault() == fault)
                && seen.get(seen.size() - 1).fault() == null;
    }

    /** From the request that met the fault to the next one. */
    private static Duration after(Bench bench, String account, Fault fault) {
        List<Requests.Seen> seen = bench.seen(SandboxEndpoint.LIST, account);
        for (int i = 0; i + 1 < seen.size(); i++) {
            if (seen.get(i).fault() == fault) {
                return Duration.between(seen.get(i).at(), seen.get(i + 1).at());
            }
        }
        throw new AssertionError("the fault was not served, or nothing came after it: " + seen);
    }

    private static List<Duration> gaps(Bench bench, String account, Instant since) {
        List<Instant> times = bench.seen(SandboxEndpoint.LIST, account).stream()
                .map(Requests.Seen::at)
                .filter(at -> at.isAfter(since))
                .toList();
        List<Duration> gaps = new ArrayList<>();
        for (int i = 1; i < times.size(); i++) {
            gaps.add(Duration.between(times.get(i - 1), times.get(i)));
        }
        return gaps;
    }

    private static double polls(Bench bench) throws Exception {
        return bench.metric("turnpike_polls_seconds_count", "kind=\"tasks\"");
    }

    private static void awaitPolls(Bench bench, int more) throws Exception {
        double before = polls(bench);
        await().until(() -> polls(bench) >= before + more);
    }

    /** Seen over three polls, between which there are moments without one that is not counted yet. */
    private static long listsBeyondPolls(Bench bench) throws Exception {
        double begun = polls(bench);
        AtomicLong least = new AtomicLong(Long.MAX_VALUE);
        await().pollInterval(Duration.ofMillis(30)).until(() -> {
            double polls = polls(bench);
            long lists = bench.sandbox().requests().count(SandboxEndpoint.LIST);
            least.accumulateAndGet(lists - (long) polls, Math::min);
            return polls >= begun + 3;
        });
        return least.get();
    }

    private static long requestsBesideLists(SandboxBackend sandbox) {
        return EnumSet.complementOf(EnumSet.of(SandboxEndpoint.LIST)).stream()
                .mapToLong(sandbox.requests()::count)
                .sum();
    }
}
