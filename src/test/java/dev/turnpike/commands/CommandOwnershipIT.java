package dev.turnpike.commands;

import static dev.turnpike.commands.ScriptedCalls.ACCOUNT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.Patience;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.ProxiedKafka;
import dev.turnpike.kafka.Topics;
import dev.turnpike.runtime.CommandSender;
import dev.turnpike.shard.JsonLog;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
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

    private final List<String> sent = new CopyOnWriteArrayList<>();
    private ProxiedKafka kafka;
    private Topics topics;
    private CommandSender sender;
    private Instance first;
    private Instance second;

    @BeforeEach
    void start() throws Exception {
        kafka = ProxiedKafka.start(folder.resolve("kafka"));
        topics = new Topics("codex.", 1, 1, null);
        try (Admin admin = clients(kafka.brokers()).admin()) {
            topics.ensure(admin);
        }
        sender = new CommandSender(kafka.brokers(), "codex.");
        first = new Instance("first", kafka.proxied());
        second = new Instance("second", kafka.brokers());
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

    private static KafkaClients clients(String brokers) {
        return new KafkaClients(
                brokers,
                Map.of(
                        "max.block.ms", "1500",
                        "session.timeout.ms", "1500",
                        "heartbeat.interval.ms", "300",
                        "request.timeout.ms", "2000",
                        "default.api.timeout.ms", "3000"));
    }

    /** An instance as far as commands go; Codex takes everything that is sent. */
    private final class Instance {
        private final CommandConsumer consumer;
        private final Claims claims = new Claims();
        private final Clock clock = Clock.systemUTC();
        private final ScriptedCalls codex = new ScriptedCalls().page(null, null);
        private volatile CommandPartition partition;

        Instance(String name, String brokers) {
            KafkaClients clients = clients(brokers);
            LatestTasks latest = new LatestTasks(codex);
            TaskLookup lookup = new TaskLookup(codex);
            CommandAttempts attempts = new CommandAttempts(
                    new TaskFinder(latest, lookup), new TurnFinder(lookup), claims, TIMINGS, clock);
            AtomicReference<CommandConsumer> made = new AtomicReference<>();
            made.set(new CommandConsumer(clients, topics.named("commands"), assigned -> {
                CommandPauses pauses = new CommandPauses();
                CommandJournal journal = new CommandJournal(
                        new JsonLog(clients, new TopicPartition(topics.named("command-log"), 0)),
                        assigned,
                        () -> made.get().group(),
                        pauses);
                CommandAnswers answers = new CommandAnswers(
                        journal, new CommandReplies("codex.", new TaskLinks("https://chatgpt.com/backend-api")), (a, b) -> {});
                PendingCommands pending = new PendingCommands(journal, claims, clock);
                CommandExecutor executor =
                        new CommandExecutor(run -> execute(name, attempts, run), TIMINGS, pauses, clock);
                Settlement settlement = new Settlement(
                        answers, pending, claims, new RunningLimit(0, latest, claims, TIMINGS, clock),
                        TIMINGS.patience(), clock);
                partition = new CommandPartition(
                        assigned,
                        new CommandProcessor(journal, pending, executor, settlement, answers, clock),
                        journal,
                        pauses,
                        clock);
                return partition;
            }));
            consumer = made.get();
        }

        private void execute(String name, CommandAttempts attempts, CommandRun run) {
            run.account(ACCOUNT);
            if (run.isDoubtful()) {
                attempts.search(run);
                return;
            }
            run.prompt(run.command().prompt());
            run.environment(new Environment("e", null, List.of(), Map.of()));
            attempts.begin(run);
            sent.add(run.key().id() + " by " + name);
            run.outcome(new Outcome.Accepted("task_e_" + run.key().id() + "_" + name, null, false));
        }

        boolean isOwner() {
            return partition != null && partition.isStarted() && !partition.isLost();
        }
    }

    private void send(String id) throws Exception {
        sender.send(id, "task.create", CommandSender.fields().put("environment", "e").put("prompt", id));
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
        try (Admin admin = clients(kafka.brokers()).admin()) {
            await().until(() -> admin
                            .describeConsumerGroups(List.of(topics.named("commands")))
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
        assertThat(sender.replies("c").stream().filter(CommandSender.Reply::isFinal).map(CommandSender.Reply::type))
                .containsExactly(type);
    }

    @Test
    void whoseCommitWasHeldBackDoesNotSendWhatAnotherHasSent() throws Exception {
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
        CountDownLatch held = kafka.proxy().holdAt(ApiKeys.END_TXN);
        send("c");
        awaitHeld(held);
        kafka.proxy().release();
        awaitFinal("c");

        assertThat(sent).containsExactly("c by first");
        assertOneFinal("accepted");
    }
}
