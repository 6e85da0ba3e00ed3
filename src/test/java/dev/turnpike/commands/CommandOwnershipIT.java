package dev.turnpike.commands;

import static dev.turnpike.commands.ScriptedCalls.ACCOUNT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.MovableClock;
import dev.turnpike.Patience;
import dev.turnpike.commands.Environments.Environment;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.ProxiedKafka;
import dev.turnpike.kafka.Topics;
import dev.turnpike.retry.Pauses;
import dev.turnpike.runtime.CommandSender;
import dev.turnpike.shard.JsonLog;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances, of which Kafka is held back from the first while it writes that it is about to send a command: whatever
 * each of them believes, and whenever what was held arrives, the command is sent once at most and answered once.
 */
class CommandOwnershipIT {
    private static final Timings TIMINGS =
            new Timings(Duration.ofSeconds(1), Duration.ofMillis(500), Duration.ofDays(1));

    @TempDir
    Path folder;

    private static final Duration SHORT = Duration.ofMillis(1500);
    private static final Duration LONG = Duration.ofMinutes(5);

    private final List<String> sent = new CopyOnWriteArrayList<>();
    /** Commands that are deferred when they are first executed. */
    private final Map<String, Duration> waits = new ConcurrentHashMap<>();

    private Clock clock = Clock.systemUTC();
    /** So long an instance waits for Kafka. */
    private Duration longestCall = Duration.ofMillis(1500);

    private ProxiedKafka kafka;
    private Topics topics;
    private CommandSender sender;
    private Instance first;
    private Instance second;

    @BeforeEach
    void start() throws Exception {
        kafka = ProxiedKafka.start(folder.resolve("kafka"));
        topics = new Topics("codex.", 1, 1, null);
        try (Admin admin = clients(kafka.brokers(), SHORT).admin()) {
            topics.ensure(admin);
        }
        sender = new CommandSender(kafka.brokers(), "codex.");
    }

    /** The first one, behind the proxy, has the partition and its log; the second is not started. */
    private void first(Duration session) throws Exception {
        first = new Instance("first", clients(kafka.proxied(), session));
        second = new Instance("second", clients(kafka.brokers(), session));
        first.consumer.start();
        await().until(first::isOwner);
        answered("warm-up");
        sent.clear();
    }

    @AfterEach
    void stop() throws Exception {
        kafka.proxy().release();
        first.consumer.close();
        second.consumer.close();
        sender.close();
        kafka.close();
    }

    /** @param session so long the group keeps a member that it does not hear of, and a fifth of it until it hears of one */
    private KafkaClients clients(String brokers, Duration session) {
        return new KafkaClients(
                brokers,
                Map.of(
                        "max.block.ms", Long.toString(longestCall.toMillis()),
                        "session.timeout.ms", Long.toString(session.toMillis()),
                        "heartbeat.interval.ms", Long.toString(session.toMillis() / 5),
                        "request.timeout.ms",
                                Long.toString(longestCall.plusMillis(500).toMillis()),
                        "default.api.timeout.ms",
                                Long.toString(longestCall.multipliedBy(2).toMillis())));
    }

    /** An instance as far as commands go; Codex takes everything that is sent. */
    private final class Instance {
        private final CommandConsumer consumer;
        private final Claims claims = new Claims();
        private final ScriptedCalls codex = new ScriptedCalls().page(null, null);
        private volatile CommandPartition partition;

        Instance(String name, KafkaClients clients) {
            CommandAttempts attempts = new CommandAttempts(new AttemptLookup(codex), claims, TIMINGS, clock);
            AtomicReference<CommandConsumer> made = new AtomicReference<>();
            made.set(new CommandConsumer(clients, topics.named("commands"), assigned -> {
                Pauses pauses = new Pauses();
                CommandLog commandLog = new CommandLog(
                        new JsonLog(
                                clients,
                                new TopicPartition(topics.named("command-log"), 0),
                                Set.of(topics.named("replies"))),
                        assigned,
                        () -> made.get().group(),
                        pauses);
                OutcomeWriter answers = new OutcomeWriter(
                        commandLog,
                        new CommandReplies("codex.", new TaskLinks("https://chatgpt.com/backend-api")),
                        (a, b) -> {});
                CommandProcessor processor = new CommandProcessor(
                        commandLog,
                        new CommandExecutor(run -> execute(name, attempts, run), TIMINGS, pauses, clock),
                        answers,
                        claims,
                        new RunningLimit(0, codex, claims, TIMINGS, clock),
                        TIMINGS.patience(),
                        clock);
                partition = new CommandPartition(assigned, processor, commandLog, pauses, clock);
                return partition;
            }));
            consumer = made.get();
        }

        private void execute(String name, CommandAttempts attempts, CommandRun run) {
            run.account = ACCOUNT;
            if (run.isInDoubt()) {
                attempts.search(run);
                return;
            }
            run.prompt = run.command().prompt();
            Duration wait = waits.remove(run.key().id());
            if (wait != null) {
                run.outcome(new CommandDeferredException("test", wait, "it waits", true));
                return;
            }
            run.environment = new Environment("e", null, List.of(), List.of(), true);
            attempts.begin(run);
            sent.add(run.key().id() + " by " + name);
            run.outcome(new Outcome.Accepted("task_e_" + run.key().id() + "_" + name, null, false));
        }

        boolean isOwner() {
            return partition != null && partition.isStarted() && !partition.isLost();
        }
    }

    private void send(String id) throws Exception {
        sender.send(
                id,
                "task.create",
                CommandSender.fields().put("environment", "e").put("prompt", id));
    }

    private void answered(String id) throws Exception {
        send(id);
        awaitFinal(id);
    }

    private void awaitFinal(String id) {
        await().until(() -> sender.replies(id).stream().anyMatch(CommandSender.Reply::isFinal));
    }

    private static void awaitHeld(CountDownLatch held) throws InterruptedException {
        assertThat(held.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    /** Both have done what they will ever do about a command: each is a member, one owns, and a later command is answered. */
    private void settle() throws Exception {
        try (Admin admin = clients(kafka.brokers(), SHORT).admin()) {
            await().until(() -> admin.describeConsumerGroups(List.of(topics.named("commands")))
                            .all()
                            .get()
                            .values()
                            .iterator()
                            .next()
                            .members()
                            .size()
                    == 2);
        }
        await().until(() -> Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals("commands-0"))
                        .count()
                == 1);
        answered("afterwards");
        sent.removeIf(line -> line.startsWith("afterwards"));
    }

    private void assertOneFinal(String type) {
        assertThat(sender.replies("c").stream()
                        .filter(CommandSender.Reply::isFinal)
                        .map(CommandSender.Reply::type))
                .containsExactly(type);
    }

    @Test
    void whoseCommitWasHeldBackDoesNotSendWhatAnotherHasSent() throws Exception {
        first(SHORT);
        CountDownLatch held = kafka.proxy().holdAt(ApiKeys.END_TXN);
        send("c");
        awaitHeld(held);
        second.consumer.start();
        awaitFinal("c");

        kafka.proxy().release();
        settle();

        assertThat(sent).containsExactly("c by second");
        assertOneFinal("accepted");
    }

    @Test
    void whoDoesNotLearnThatItsCommitTookEffectDoesNotSendWhatAnotherHasGivenUp() throws Exception {
        first(SHORT);
        CountDownLatch held = kafka.proxy().holdRepliesFrom(ApiKeys.END_TXN);
        send("c");
        awaitHeld(held);
        second.consumer.start();
        awaitFinal("c");

        kafka.proxy().release();
        settle();

        assertThat(sent).isEmpty();
        assertOneFinal("rejected");
        assertThat(sender.replies("c").get(0).data().path("outcome").asText()).isEqualTo("unknown");
    }

    @Test
    void whoseNetworkComesBackBeforeAnybodyTookOverSendsItItself() throws Exception {
        longestCall = Patience.LONGEST;
        first(LONG);
        CountDownLatch held = kafka.proxy().holdAt(ApiKeys.END_TXN);
        send("c");
        awaitHeld(held);
        kafka.proxy().release();
        awaitFinal("c");

        assertThat(sent).containsExactly("c by first");
        assertOneFinal("accepted");
    }

    @Test
    void whoseAttemptWasReplacedByAWriterThatLeavesNoMarkDoesNotSend() throws Exception {
        first(LONG);
        CountDownLatch held = kafka.proxy().holdRepliesFrom(ApiKeys.END_TXN);
        send("c");
        awaitHeld(held);
        // a former version of this program: it marks no transactions, and attempts have no ids
        try (JsonLog former = log()) {
            former.open(null, () -> false);
            String key = former.keys(TaskCommand.Key.PREFIX)
                    .filter(each -> each.endsWith("|c"))
                    .findFirst()
                    .orElseThrow();
            ObjectNode accepted = former.get(key).orElseThrow().deepCopy();
            accepted.put("stage", "ACCEPTED")
                    .put("taskId", "task_e_c_former")
                    .put("finishedAt", "2026-11-22T10:00:00Z");
            accepted.remove(List.of("command", "attempt", "window", "attemptedAt"));
            former.write(List.of(), Map.of(key, accepted), null);
        }
        awaitOpening();
        kafka.proxy().release();
        answered("afterwards");

        assertThat(sent).containsExactly("afterwards by first");
    }

    @Test
    void whoWasAskedToStopDoesNotOpenTheLogAgain() throws Exception {
        first(LONG);
        CountDownLatch held = kafka.proxy().holdAt(ApiKeys.END_TXN);
        send("c");
        awaitHeld(held);
        CompletableFuture<Void> closed = CompletableFuture.runAsync(first.consumer::close);
        try (JsonLog next = log()) {
            next.open(null, () -> false);
            await().pollInterval(Duration.ofMillis(20)).until(() -> worker().isEmpty() || isOpening());
            kafka.proxy().release();
            await().until(() -> worker().isEmpty());
            closed.get(Patience.SECONDS, TimeUnit.SECONDS);

            assertThat(sent).isEmpty();
            // not fenced
            next.write(List.of(), Map.of("anything", CommandSender.fields()), null);
        }
    }

    @Test
    void whoIsNoMemberAnyMoreDoesNotSendWhatItHadDeferred() throws Exception {
        MovableClock time = new MovableClock(Instant.now());
        clock = time;
        first(LONG);
        waits.put("c", Duration.ofHours(1));
        send("c");
        await().until(() -> !sender.replies("c").isEmpty());
        String group = topics.named("commands");
        try (Admin admin = clients(kafka.brokers(), LONG).admin();
                KafkaConsumer<String, byte[]> other =
                        clients(kafka.brokers(), LONG).groupReader(group)) {
            admin.removeMembersFromConsumerGroup(group, new RemoveMembersFromConsumerGroupOptions())
                    .all()
                    .get();
            // the first one would hear of it with its next heartbeat, a minute later
            other.subscribe(List.of(group));
            await().until(() -> {
                other.poll(Duration.ofMillis(100));
                return !other.assignment().isEmpty();
            });
            time.move(Duration.ofHours(2));
            await().until(() -> worker().isEmpty() || !sent.isEmpty());

            assertThat(sent).isEmpty();
        }
    }

    private JsonLog log() {
        return new JsonLog(
                clients(kafka.brokers(), SHORT),
                new TopicPartition(topics.named("command-log"), 0),
                Set.of(topics.named("replies")));
    }

    private static Optional<Thread> worker() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("commands-0"))
                .findFirst();
    }

    /** Whether the first one has given up its commit, and tries to open the log again. */
    private static boolean isOpening() {
        return worker().stream()
                .flatMap(thread -> Stream.of(thread.getStackTrace()))
                .anyMatch(frame -> frame.getMethodName().equals("initTransactions"));
    }

    private static void awaitOpening() {
        await().pollInterval(Duration.ofMillis(20)).until(CommandOwnershipIT::isOpening);
    }
}
