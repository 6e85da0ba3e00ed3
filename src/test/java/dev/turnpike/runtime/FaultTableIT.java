package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.faults.Fault;
import dev.turnpike.sandbox.faults.FaultRule;
import dev.turnpike.sandbox.world.Pace;
import dev.turnpike.sandbox.world.TaskRequest;
import dev.turnpike.sandbox.world.TurnState;
import dev.turnpike.sandbox.world.World;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every way in which upstream can break, at 30 % of all requests, each alone and all mixed, each on an account of its own
 * whose tasks come and end all the time. Everything that ends is published exactly once, and nothing stays broken.
 *
 * <p>The runtime's clock runs a minute a second: with the intervals an operator would set, and the product's own waits.
 */
@ExtendWith(SharedKafka.class)
class FaultTableIT {
    private static final double RATE = 0.3;
    /** So often each account meets its faults before everything is well again. */
    private static final int SERVED = 3;
    /** Turns of a backlog. */
    private static final int WAITING = 400;

    /** These hold a call up to its deadline, so they share a runtime with few others. */
    private static final Set<Fault> SLOW = EnumSet.of(
            Fault.DRIPPING, Fault.DRIPPING_ERROR, Fault.ENDLESS, Fault.ENDLESS_ERROR, Fault.HANG, Fault.STALL);

    /** What a token endpoint can do without a refresh token being spent for nothing, which would sign the user out. */
    private static final Set<Fault> NO_TOKEN_SPENT = EnumSet.of(
            Fault.CHALLENGE,
            Fault.FORBIDDEN,
            Fault.RATE_LIMITED,
            Fault.RATE_LIMITED_RETRY_AFTER,
            Fault.INTERNAL_ERROR,
            Fault.BAD_GATEWAY,
            Fault.UNAVAILABLE,
            Fault.REDIRECT,
            Fault.HTML);

    @TempDir
    Path directory;

    /** A row of the table: an account that meets these faults. */
    private record Row(String name, List<FaultRule> rules) {
        static Row alone(Fault fault) {
            return new Row(fault.label(), List.of(FaultRule.mixed(EnumSet.of(fault), RATE)));
        }

        static Row mixed(String name, Set<Fault> faults) {
            return new Row(name, List.of(FaultRule.mixed(faults, RATE)));
        }

        static FaultRule ruleFor(FaultRule rule, String account) {
            // a refresh names no account
            boolean anybody = rule.endpoints().contains(SandboxEndpoint.TOKEN);
            return new FaultRule(rule.faults(), rule.rate(), rule.endpoints(), anybody ? null : account, rule.times());
        }
    }

    /** One runtime and one world, whose accounts are the rows. */
    private record Group(Bench bench, List<Row> rows) {
        boolean isServed(int times) {
            return IntStream.rangeClosed(1, rows.size())
                    .allMatch(row -> bench.sandbox().faults().servedTo("a" + row) >= times);
        }

        /** The requests about an account's tasks until the last of them was published, by the time of its record. */
        long requests(int row) {
            Set<String> owed = Set.copyOf(bench.owed(row));
            long last = bench.topic("turns").turnRecords().stream()
                    .filter(reported -> owed.contains(TurnsTopic.name(reported)))
                    .mapToLong(ConsumerRecord::timestamp)
                    .max()
                    .orElseThrow();
            return bench.sandbox().requests().last().stream()
                    .filter(seen -> ("a" + row).equals(seen.account())
                            && seen.endpoint() != SandboxEndpoint.USAGE
                            && !seen.at().isAfter(Instant.ofEpochMilli(last)))
                    .count();
        }

        /** Everything is well again, and on each account another turn ends. */
        void recover() {
            bench.sandbox().faults().clear();
            for (int row = 1; row <= rows.size(); row++) {
                World.Created last =
                        bench.sandbox().world().create(TaskRequest.plain().withAccount("a" + row));
                bench.sandbox().world().end(last.turnId(), TurnState.COMPLETED);
            }
        }
    }

    @Test
    void everyTurnIsReportedOnceWhateverUpstreamDoes(SharedKafka.Brokers brokers) throws Exception {
        List<Row> mixed = List.of(
                Row.mixed("all mixed", Fault.all()),
                Row.mixed("all that is misleading", Fault.drift()),
                Row.mixed("everything", EnumSet.allOf(Fault.class)),
                new Row(
                        "401 and a failing token endpoint",
                        List.of(
                                FaultRule.mixed(EnumSet.of(Fault.UNAUTHORIZED), RATE),
                                new FaultRule(
                                        NO_TOKEN_SPENT, RATE, Set.of(SandboxEndpoint.TOKEN), null, Long.MAX_VALUE))));
        runs(brokers, "tasks", EnumSet.allOf(Fault.class), mixed);
    }

    /** The same for threads, as far as a fault is one of their replies. */
    @Test
    void everyTurnOfAThreadIsReportedOnceWhateverUpstreamDoes(SharedKafka.Brokers brokers) throws Exception {
        Set<Fault> faults = EnumSet.allOf(Fault.class);
        faults.removeAll(EnumSet.of(Fault.TURNS_MISSING, Fault.DETAILS_FAILING, Fault.UNKNOWN_STATUS));
        runs(
                brokers,
                "threads",
                faults,
                List.of(Row.mixed("all mixed", Fault.all()), Row.mixed("everything", EnumSet.allOf(Fault.class))));
    }

    /**
     * What waits is published while replies go on failing, with at most four times the requests that an account without
     * faults takes beside: nothing is left until everything is well again.
     */
    @Test
    void aBacklogIsPublishedWhileRepliesGoOnFailing(SharedKafka.Brokers brokers) throws Exception {
        Set<Fault> quick = EnumSet.copyOf(Fault.all());
        quick.removeAll(SLOW);
        List<Row> rows = List.of(
                new Row("none", List.of()),
                new Row("a fifth of all replies", List.of(FaultRule.mixed(quick, 0.2))),
                new Row("a third of all replies", List.of(FaultRule.mixed(quick, RATE))));
        Group group = group(brokers, "tasks", "faults-backlog", rows);
        try {
            group.bench.sandbox().pace(Pace.quiet());
            group.bench.sandbox().requests().keep(Integer.MAX_VALUE);
            group.bench.awaitContact("tasks", rows.size());
            for (int i = 0; i < WAITING; i++) {
                String account = "a" + (i % rows.size() + 1);
                World world = group.bench.sandbox().world();
                world.end(world.create(TaskRequest.plain().withAccount(account)).turnId(), TurnState.COMPLETED);
            }

            await().pollInterval(Duration.ofMillis(500))
                    .untilAsserted(() -> assertThat(Bench.lost(
                                    group.bench.owed(),
                                    group.bench.topic("turns").turns()))
                            .isEmpty());

            assertThat(group.bench.owed()).hasSizeGreaterThanOrEqualTo(WAITING);
            long undisturbed = group.requests(1);
            for (int row = 2; row <= rows.size(); row++) {
                assertThat(group.bench.sandbox().faults().servedTo("a" + row))
                        .as("replies that failed meanwhile")
                        .isGreaterThan(WAITING / 10);
                assertThat(group.requests(row)).as(rows.get(row - 1).name).isLessThanOrEqualTo(4 * undisturbed);
            }
            group.bench.assertLive();
            group.bench.assertNothingMore();
        } finally {
            group.bench.close();
        }
    }

    private void runs(SharedKafka.Brokers brokers, String source, Set<Fault> faults, List<Row> mixed) throws Exception {
        List<Row> quick = new ArrayList<>();
        List<Row> slow = new ArrayList<>();
        for (Fault fault : faults) {
            (SLOW.contains(fault) ? slow : quick).add(Row.alone(fault));
        }
        int half = quick.size() / 2;

        // one after the other: whose accounts have all met their faults has no other to wait for
        StringBuilder table = new StringBuilder("%n%-34s %7s %5s %15s %5s %8s%n"
                .formatted("fault", "served", "owed", "published meanwhile", "lost", "doubled"));
        table.append(run(brokers, source, "faults-quick-" + source, quick.subList(0, half)));
        table.append(run(brokers, source, "faults-quick2-" + source, quick.subList(half, quick.size())));
        table.append(run(brokers, source, "faults-slow-" + source, slow));
        table.append(run(brokers, source, "faults-mixed-" + source, mixed));
        System.out.println(table);
        Files.writeString(Path.of("target", "fault-table-" + source + ".txt"), table);
    }

    /** The rows of a group, each with what became of it. */
    private String run(SharedKafka.Brokers brokers, String source, String name, List<Row> rows) throws Exception {
        Group group = group(brokers, source, name, rows);
        Bench bench = group.bench;
        try {
            bench.awaitContact(source, rows.size());
            Duration between = Duration.ofMillis(800).dividedBy(rows.size());
            bench.sandbox()
                    .pace(Pace.busy()
                            .withBetweenTasks(between)
                            .withRuns(Duration.ofMillis(100), Duration.ofSeconds(2)));
            await().until(() -> group.isServed(SERVED));
            bench.sandbox().pace(Pace.quiet());
            bench.assertLive();
            await().until(() -> !bench.isAnythingOpen());
            List<String> during = bench.topic("turns").turns();
            group.recover();
            bench.awaitReported();
            bench.assertLive();
            bench.assertNothingMore();
            assertThat(bench.metric("turnpike_polls_seconds_count", "outcome=\"error\""))
                    .as("polls of %s that failed for no known reason", rows)
                    .isZero();
            return table(group, during);
        } finally {
            bench.close();
        }
    }

    private Group group(SharedKafka.Brokers brokers, String source, String name, List<Row> rows) throws Exception {
        SandboxBackend sandbox = SandboxBackend.builder()
                .seed(name.hashCode())
                .accounts(rows.size())
                .sources(Set.of(source))
                .accessTokenLifetime(Duration.ofDays(2))
                .start();
        List<String> accounts = IntStream.rangeClosed(1, rows.size())
                .mapToObj(number -> "a" + number)
                .toList();
        Bench bench = new Bench(brokers, name, sandbox, new TimeLapse(60))
                .set("codex.sources", source)
                .set("codex.threads-url", sandbox.origin().toString())
                .set("poll.tasks.active", "45s")
                .set("poll.tasks.idle", "60s")
                .set("poll.tasks.page-size", "10")
                .set("poll.usage", "3m")
                .set("codex.call-deadline", "1s")
                .set("codex.max-reply-bytes", "1048576")
                .signIn(directory.resolve(name), accounts);
        for (int row = 0; row < rows.size(); row++) {
            for (FaultRule rule : rows.get(row).rules) {
                sandbox.faults().add(Row.ruleFor(rule, accounts.get(row)));
            }
        }
        bench.start();
        return new Group(bench, rows);
    }

    private static String table(Group group, List<String> during) {
        StringBuilder table = new StringBuilder();
        List<String> reported = group.bench.topic("turns").turns();
        for (int row = 0; row < group.rows.size(); row++) {
            List<String> owed = group.bench.owed(row + 1);
            Set<String> mine = new HashSet<>(owed);
            table.append("%-34s %7d %5d %15d %5d %8d%n"
                    .formatted(
                            group.rows.get(row).name,
                            group.bench.sandbox().faults().servedTo("a" + (row + 1)),
                            owed.size(),
                            during.stream().filter(mine::contains).count(),
                            Bench.lost(owed, reported).size(),
                            Bench.doubled(reported.stream()
                                            .filter(mine::contains)
                                            .toList())
                                    .size()));
        }
        return table.toString();
    }
}
