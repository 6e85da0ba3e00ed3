package dev.turnpike.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.crash.AttemptKills.Phase;
import dev.turnpike.kafka.KafkaProxy;
import dev.turnpike.kafka.ProxiedKafka;
import dev.turnpike.kafka.Topics;
import dev.turnpike.runtime.CommandSender;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.faults.Fault;
import dev.turnpike.sandbox.faults.FaultRule;
import dev.turnpike.sandbox.world.Pace;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whatever upstream does, whenever the runtime is killed, above all while a command is attempted, and however often it is
 * cut off from Kafka while another instance takes over: one final reply per command, and no task twice.
 */
class CommandCrashIT {
    private static final Logger log = LoggerFactory.getLogger(CommandCrashIT.class);
    private static final String USAGE = """
            {"plan_type": "pro", "rate_limit": {"allowed": %s, "limit_reached": %s, "primary_window": {"used_percent": %d,
             "limit_window_seconds": 18000, "reset_after_seconds": 9, "reset_at": %d}}}""";
    /** What kills are aimed at, in turn. */
    private static final List<Phase> AIMS = List.of(Phase.ARRIVED, Phase.DONE, Phase.REPLIED, Phase.WRITTEN);

    /** So long a call may take. */
    static final Duration CALL = Duration.ofSeconds(1);

    @TempDir
    Path folder;

    @Test
    void everyCommandIsAnsweredOnceAndNoTaskIsThereTwice() throws Exception {
        // so many that more than fifty of them have an outcome that can be known: one of fifty may be missed
        killed(70, AIMS.size(), 1);
    }

    @Test
    @Tag("soak")
    void everyCommandIsAnsweredOnceOverManyKillsAndCuts() throws Exception {
        killed(200, 10, 5);
    }

    static String prompt(String command) {
        return "Prompt of " + command;
    }

    private void killed(int commands, int kills, int cuts) throws Exception {
        long seed = Long.getLong("crash.seed", System.nanoTime());
        Instant begun = Instant.now();
        try (ProxiedKafka kafka = ProxiedKafka.start(folder.resolve("kafka"));
                SandboxBackend sandbox = SandboxBackend.builder()
                        .seed(seed)
                        .drip(Duration.ofMillis(20))
                        .pace(Pace.quiet().withRuns(Duration.ofMillis(200), Duration.ofSeconds(1)))
                        .start()) {
            Path authFile = sandbox.writeCodexHome(folder.resolve("codex"));
            Map<String, String> settings = Map.of(
                    "kafka.properties.session.timeout.ms",
                    "2000",
                    "codex.call-deadline",
                    CALL.toSeconds() + "s",
                    "topics.partitions",
                    "8",
                    "commands.enabled",
                    "true",
                    "commands.environments",
                    "acme/checkout");
            Watched watched = Watched.at(kafka.brokers());
            try (Admin admin = watched.clients().admin()) {
                new Topics(watched.prefix(), 8, 2, null).ensure(admin);
            }
            try (RestartedRuntime runtime = runtime("commands", sandbox, authFile, settings, kafka.proxied());
                    RestartedRuntime other = runtime("other", sandbox, authFile, settings, kafka.brokers());
                    CommandSender sender = new CommandSender(watched.brokers(), watched.prefix())) {
                int deferred = commands / 10;
                Instant reset = deferred(sandbox, runtime, sender, deferred);
                sandbox.faults().add(FaultRule.mixed(troubles(), 0.3));
                AttemptKills attempts = new AttemptKills(runtime, sender, watched);
                sandbox.requests().observe(attempts);
                Random random = new Random(seed);
                int portion = (commands - deferred) / (kills + cuts + 1);
                int next = deferred;
                for (int kill = 0; kill < kills; kill++) {
                    kill(attempts, runtime, sender, next, portion, AIMS.get(kill % AIMS.size()), random);
                    next += portion;
                    if (kill % (kills / cuts) == 0 && kill / (kills / cuts) < cuts) {
                        cutOff(kafka.proxy(), attempts, other, sender, next, portion, random);
                        next += portion;
                    }
                }
                send(sender, next, commands);
                // more of it would only make the last searches long
                sandbox.faults().clear();
                sandbox.faults().add(FaultRule.mixed(troubles(), 0.15));
                await().pollInterval(Duration.ofMillis(300))
                        .failFast(attempts::assertNoneRepeated)
                        .until(() -> CommandBalance.finals(sender).size() >= commands);
                runtime.stop();
                sandbox.faults().clear();
                log.info(
                        "Commands killed commands={} kills={} cuts={} cutting={} written={} arrived={} done={} replied={}"
                                + " seconds={} seed={}",
                        commands,
                        attempts.kills(),
                        cuts,
                        attempts.cutting(),
                        attempts.cut(Phase.WRITTEN),
                        attempts.cut(Phase.ARRIVED),
                        attempts.cut(Phase.DONE),
                        attempts.cut(Phase.REPLIED),
                        Duration.between(begun, Instant.now()).toSeconds(),
                        seed);
                CommandBalance balance = CommandBalance.of(sandbox, sender, authFile, attempts);
                balance.assertEven(commands);
                balance.assertDeferred(deferred, reset);
                assertThat(attempts.cutting())
                        .as("of %d kills those that cut an attempt", attempts.kills())
                        .isGreaterThanOrEqualTo((attempts.kills() * 2 + 2) / 3);
            }
        }
    }

    private RestartedRuntime runtime(
            String name, SandboxBackend sandbox, Path authFile, Map<String, String> settings, String brokers)
            throws Exception {
        Map<String, String> all = new HashMap<>(settings);
        all.put("kafka.brokers", brokers);
        return new RestartedRuntime(name, folder.resolve(name), sandbox, authFile, all);
    }

    /** Kills the runtime, which runs, while it works on the next commands. */
    private static void kill(
            AttemptKills attempts,
            RestartedRuntime runtime,
            CommandSender sender,
            int from,
            int portion,
            Phase aim,
            Random random)
            throws Exception {
        attempts.kill(aim, random.nextInt(portion / 5), random.nextInt(5), () -> send(sender, from, from + portion));
        runtime.start();
    }

    /**
     * Cuts the runtime off Kafka while it works on the next commands, for so long that another instance takes over; what
     * was on its way is lost, or arrives late.
     */
    private static void cutOff(
            KafkaProxy network,
            AttemptKills attempts,
            RestartedRuntime other,
            CommandSender sender,
            int from,
            int portion,
            Random random)
            throws Exception {
        Set<Integer> before = answered(sender);
        other.start();
        await().until(() -> other.owns(1) || other.owns(2));
        send(sender, from, from + portion);
        await().pollInterval(Duration.ofMillis(20))
                .until(() -> !sender.attempting().isEmpty());
        if (random.nextBoolean()) {
            network.hold();
        } else {
            network.cut();
        }
        Instant end = Instant.now().plusSeconds(4 + random.nextInt(10));
        await().pollInterval(Duration.ofMillis(200)).until(() -> {
            attempts.noteCut();
            return Instant.now().isAfter(end);
        });
        network.release();
        network.restore();
        await().pollInterval(Duration.ofMillis(300))
                .failFast(attempts::assertNoneRepeated)
                .until(() -> answered(sender)
                        .containsAll(
                                IntStream.range(from, from + portion).boxed().toList()));
        other.stop();
        Set<Integer> meanwhile = answered(sender);
        meanwhile.removeAll(before);
        meanwhile.forEach(number -> attempts.noteUnsent(prompt("c" + number)));
    }

    private static Set<Integer> answered(CommandSender sender) {
        return CommandBalance.finals(sender).stream()
                .map(reply ->
                        Integer.valueOf(reply.data().path("command_id").asText().substring(1)))
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static void send(CommandSender sender, int from, int to) throws Exception {
        for (int number = from; number < to; number++) {
            String command = "c" + number;
            sender.send(
                    command,
                    "task.create",
                    CommandSender.fields().put("environment", "acme/checkout").put("prompt", prompt(command)));
        }
    }

    /**
     * The first of them meet a usage limit, are deferred, and a kill while they wait.
     *
     * @return when the limit is reset
     */
    private static Instant deferred(SandboxBackend sandbox, RestartedRuntime runtime, CommandSender sender, int count)
            throws Exception {
        runtime.start();
        await().until(() -> runtime.owns(2));
        // a machine that takes longer defers them all the same: upstream says that the limit is reached until the kill
        Instant reset = Instant.now().plusSeconds(6).truncatedTo(ChronoUnit.SECONDS);
        usage(sandbox, USAGE.formatted(false, true, 100, reset.getEpochSecond()));
        send(sender, 0, count);
        await().pollInterval(Duration.ofMillis(200))
                .until(() -> sender.replies().size() >= count);
        assertThat(sender.replies())
                .allSatisfy(reply -> assertThat(reply.type()).isEqualTo("deferred"));
        runtime.kill();
        // room for every task: the stand-in's own meter would be full after a hundred
        usage(
                sandbox,
                USAGE.formatted(true, false, 10, reset.plusSeconds(18_000).getEpochSecond()));
        runtime.start();
        return reset;
    }

    private static void usage(SandboxBackend sandbox, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(sandbox.origin() + "/sandbox/usage"))
                .POST(HttpRequest.BodyPublishers.ofString("{\"body\": " + body + "}"))
                .build();
        HttpResponse<String> reply = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
    }

    /** Everything but refused tokens: a token spent just before a kill is gone, and then a person has to sign in. */
    private static Set<Fault> troubles() {
        Set<Fault> troubles = EnumSet.copyOf(Fault.all());
        troubles.remove(Fault.UNAUTHORIZED);
        return troubles;
    }
}
