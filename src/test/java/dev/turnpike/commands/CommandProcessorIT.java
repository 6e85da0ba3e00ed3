package dev.turnpike.commands;

import static dev.turnpike.commands.ScriptedCalls.ACCOUNT;
import static dev.turnpike.commands.ScriptedCalls.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.turnpike.MovableClock;
import dev.turnpike.commands.Environments.Environment;
import dev.turnpike.events.EventSchemas;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.kafka.CommittedTopic;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.MessageLimit;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.kafka.Topics;
import dev.turnpike.retry.Pauses;
import dev.turnpike.shard.JsonLog;
import dev.turnpike.shard.OwnershipLostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/** One partition's commands on a real log; the outcomes of the route are made up. */
@ExtendWith(SharedKafka.class)
class CommandProcessorIT {
    private static final Timings TIMINGS =
            new Timings(Duration.ofSeconds(15), Duration.ofSeconds(30), Duration.ofDays(1));

    private static final Outcome ACCEPTED = new Outcome.Accepted("task_e_1", "task_e_1~1", false);

    private static KafkaClients clients;

    private final MovableClock clock = new MovableClock(WINDOW);
    private final Claims claims = new Claims();
    private final List<String> answers = new ArrayList<>();
    private Topics topics;
    private KafkaConsumer<String, byte[]> member;
    private ConsumerGroupMetadata group;

    @BeforeAll
    static void findBroker(SharedKafka.Brokers brokers) {
        clients = brokers.clients();
    }

    @BeforeEach
    void makeTopics(TestInfo test) {
        topics = new Topics(test.getTestMethod().orElseThrow().getName() + ".", 1, 1, null);
        try (Admin admin = clients.admin()) {
            topics.ensure(admin);
        }
        member = clients.groupReader(topics.named("commands"));
        member.subscribe(List.of(topics.named("commands")));
        await().until(() -> {
            member.poll(Duration.ofMillis(100));
            return !member.assignment().isEmpty();
        });
        group = member.groupMetadata();
    }

    @AfterEach
    void leaveTheGroup() {
        member.close();
    }

    private CommandProcessor processor(Consumer<CommandRun> route) {
        return processor(new Pauses(), route);
    }

    private CommandProcessor processor(Pauses pauses, Consumer<CommandRun> route) {
        CommandLog commandLog = log(pauses);
        OutcomeWriter written = new OutcomeWriter(
                commandLog,
                new CommandReplies(topics.prefix(), new TaskLinks("https://chatgpt.com/backend-api")),
                (type, outcome) -> answers.add(outcome));
        CommandProcessor processor = new CommandProcessor(
                commandLog,
                new CommandExecutor(route, TIMINGS, pauses, clock),
                written,
                claims,
                new RunningLimit(0, null, claims, TIMINGS, clock),
                TIMINGS.patience(),
                clock);
        processor.open();
        return processor;
    }

    private CommandLog log(Pauses pauses) {
        CommandLog log = new CommandLog(
                new JsonLog(
                        clients, new TopicPartition(topics.named("command-log"), 0), Set.of(topics.named("replies"))),
                new TopicPartition(topics.named("commands"), 0),
                () -> group,
                pauses);
        log.readFrom(0);
        return log;
    }

    private ConsumerRecord<String, byte[]> record(int offset, String id) {
        String json = "{\"id\":\"" + id + "\",\"type\":\"task.create\",\"environment\":\"e\",\"prompt\":\"Fix it\"}";
        return new ConsumerRecord<>(topics.named("commands"), 0, offset, id, json.getBytes(StandardCharsets.UTF_8));
    }

    private List<String> replies() {
        return new CommittedTopic(clients, topics.named("replies"))
                .records().stream()
                        .map(reply ->
                                new String(reply.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8))
                        .toList();
    }

    private static void waits(CommandRun run) {
        run.outcome(new CommandDeferredException("turn-running", TIMINGS.pause(), "it still runs", false));
    }

    private static void works(CommandRun run) {
        run.outcome(ACCEPTED);
    }

    /** Claims its words, as the route does. */
    private void claim(CommandRun run) {
        assertThat(claims.claim(ACCOUNT.id(), "words", run.key())).isTrue();
    }

    private boolean areWordsFree() {
        return claims.claim(ACCOUNT.id(), "words", new TaskCommand.Key("", "somebody else"));
    }

    @Test
    void whatWaitsIsRepliedOnceAndFinishedWhenItsTimeHasCome() {
        List<CommandRun> tried = new ArrayList<>();
        CommandProcessor processor = processor(run -> {
            claim(run);
            tried.add(run);
            if (tried.size() < 3) {
                waits(run);
            } else {
                works(run);
            }
        });

        processor.take(record(0, "c"));
        assertThat(processor.next()).contains(WINDOW.plusSeconds(15));
        assertThat(processor.executeDue()).isFalse();
        clock.move(Duration.ofSeconds(15));
        assertThat(processor.executeDue()).isTrue();
        assertThat(processor.next()).contains(WINDOW.plusSeconds(30));
        clock.move(Duration.ofSeconds(15));
        assertThat(processor.executeDue()).isTrue();

        assertThat(processor.next()).isEmpty();
        assertThat(tried.get(2)).as("what a try has fetched is kept").isSameAs(tried.get(0));
        assertThat(replies()).containsExactly("c:deferred:turn-running:2026-11-22T10:00:15Z", "c:accepted");
        assertThat(answers).containsExactly("deferred", "accepted");
        assertThat(claims.isOthers("task_e_1", "another attempt")).isTrue();
        assertThat(areWordsFree()).isTrue();
    }

    @Test
    void whoHasNoGenerationInTheGroupWritesNothing() {
        CommandProcessor processor = processor(CommandProcessorIT::works);
        try (KafkaConsumer<String, byte[]> outsider = clients.groupReader(topics.named("commands"))) {
            group = outsider.groupMetadata();
        }

        assertThatThrownBy(() -> processor.take(record(0, "c"))).isInstanceOf(OwnershipLostException.class);

        assertThat(replies()).isEmpty();
    }

    @Test
    void aKnownCommandIsNotCarriedOutAgain() {
        List<CommandRun> tried = new ArrayList<>();
        CommandProcessor processor = processor(run -> {
            tried.add(run);
            works(run);
        });

        processor.take(record(0, "c"));
        processor.take(record(1, "c"));
        processor.close();
        processor(run -> tried.add(run)).take(record(2, "c"));

        assertThat(tried).hasSize(1);
        assertThat(replies()).containsExactly("c:accepted");
    }

    @Test
    void whoTakesOverLooksUpWhatWasBeingAttempted() {
        CommandProcessor first = processor(run -> {
            run.commandLog.attempt(attempting(run), run.nextOffset);
            throw new KafkaException("killed");
        });
        assertThatThrownBy(() -> first.take(record(0, "c"))).hasMessage("killed");

        CommandProcessor next = processor(run -> {
            assertThat(run.isInDoubt()).isTrue();
            run.outcome(new Outcome.Accepted("task_e_1", null, true));
        });

        assertThat(next.executeDue()).isTrue();
        assertThat(replies()).containsExactly("c:accepted");
    }

    @Test
    void whatIsLookedUpKeepsItsWordsUntilThePartitionIsGone() {
        CommandProcessor processor = processor(run -> {
            claim(run);
            run.attempting(WINDOW, WINDOW);
            run.markInDoubt();
            run.outcome(new Outcome.Again("not there yet", Duration.ZERO));
        });

        processor.take(record(0, "c"));
        assertThat(processor.next()).contains(WINDOW.plusMillis(200));
        assertThat(areWordsFree()).isFalse();
        processor.close();

        assertThat(areWordsFree()).isTrue();
    }

    @Test
    void aCommandThatWasInHandWhenThePartitionWasLostLeavesItsWordsToOthers() {
        CommandProcessor processor = processor(run -> {
            claim(run);
            works(run);
            processor(other -> {});
        });

        assertThatThrownBy(() -> processor.take(record(0, "c"))).isInstanceOf(OwnershipLostException.class);
        processor.close();

        assertThat(replies()).isEmpty();
        assertThat(areWordsFree()).isTrue();
    }

    @Test
    void aCommandThatWasInHandWhenTheWorkWasToStopLeavesItsWordsToOthersToo() {
        Pauses pauses = new Pauses();
        CommandProcessor processor = processor(pauses, run -> {
            claim(run);
            run.outcome(new Outcome.Again("503", Duration.ZERO));
            pauses.stop();
        });

        processor.take(record(0, "c"));
        assertThat(areWordsFree()).isFalse();
        processor.close();

        assertThat(areWordsFree()).isTrue();
        assertThat(replies()).isEmpty();
    }

    private ConsumerRecord<String, byte[]> record(int offset, String id, String json) {
        return new ConsumerRecord<>(topics.named("commands"), 0, offset, id, json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aCommandThatFailsForReasonsOfItsOwnIsRejectedAndTheNextOneIsCarriedOut() {
        List<String> executed = new ArrayList<>();
        CommandProcessor processor = processor(run -> {
            executed.add(run.key().id());
            if (run.key().id().equals("poison")) {
                throw new InvalidPathException("a", "Nul character not allowed");
            }
            works(run);
        });

        processor.take(record(0, "poison"));
        processor.take(record(1, "next"));

        assertThat(executed).containsExactly("poison", "poison", "poison", "next");
        assertThat(replies()).containsExactly("poison:rejected", "next:accepted");
        assertThat(answers).containsExactly("rejected", "accepted");
    }

    @Test
    void aCommandWhoseOutcomeCannotBeWrittenIsRejectedAndTheNextOneIsCarriedOut() {
        CommandProcessor processor = processor(run -> {
            if (run.key().id().equals("sent")) {
                run.commandLog.attempt(attempting(run), run.nextOffset);
                run.attempting(WINDOW, WINDOW);
            }
            // a fault of our own: an accepted command has a task
            run.outcome(run.key().id().equals("next") ? ACCEPTED : new Outcome.Accepted(null, null, false));
        });

        processor.take(record(0, "poison"));
        processor.take(record(1, "sent"));
        processor.take(record(2, "next"));

        assertThat(replies()).containsExactly("poison:rejected", "sent:rejected", "next:accepted");
        assertThat(answers).containsExactly("rejected", "unknown", "accepted");
    }

    @Test
    void whatFailsUnexpectedlyAfterItMayHaveBeenSentIsLookedUp() {
        CommandProcessor processor = processor(run -> {
            if (run.isInDoubt()) {
                run.outcome(Outcome.Accepted.found("task_e_1", null));
                return;
            }
            run.commandLog.attempt(attempting(run), run.nextOffset);
            run.attempting(WINDOW, WINDOW);
            throw new IllegalStateException("a fault of our own");
        });

        processor.take(record(0, "c"));
        assertThat(replies()).isEmpty();
        clock.move(Duration.ofSeconds(1));
        assertThat(processor.executeDue()).isTrue();

        assertThat(replies()).containsExactly("c:accepted");
    }

    @Test
    void aRecordOfLargeHeadersBecomesADeadLetterAndHoldsUpNothing() {
        CommandProcessor processor = processor(CommandProcessorIT::works);
        ConsumerRecord<String, byte[]> large = record(0, "k".repeat(40_000), "no json");
        for (int i = 0; i < 300; i++) {
            large.headers().add("header" + i, new byte[3500]);
        }

        processor.take(large);
        processor.take(record(1, "next"));

        assertThat(new CommittedTopic(clients, topics.named("dead-letters")).records())
                .singleElement()
                .satisfies(letter -> {
                    assertThat(letter.headers()
                                    .lastHeader("turnpike_origin_offset")
                                    .value())
                            .asString()
                            .isEqualTo("0");
                    assertThat(letter.value()).asString().isEqualTo("no json");
                });
        assertThat(replies()).containsExactly("next:accepted");
    }

    @Test
    void whereAReplyIsRefusedForGoodTheSmallestOneIsSentOrNone() throws Exception {
        MessageLimit.set(clients, topics.named("replies"), 1_500);
        CommandProcessor processor = processor(run -> {
            if (run.key().id().equals("large")) {
                run.outcome(new CommandRejectedException("refused", "x y z ".repeat(600), "e".repeat(2000)));
            } else {
                works(run);
            }
        });

        processor.take(record(0, "large"));
        processor.take(record(1, "next"));

        assertThat(replies()).containsExactly("large:rejected", "next:accepted");
    }

    @Test
    void aDeferredCommandIsTakenBackByItsId() {
        CommandProcessor processor = processor(run -> {
            claim(run);
            waits(run);
        });
        processor.take(record(0, "c"));
        processor.take(record(1, "x", "{\"id\":\"x\",\"type\":\"task.cancel\",\"command_id\":\"c\"}"));

        assertThat(processor.next()).isEmpty();
        assertThat(areWordsFree()).isTrue();
        assertThat(replies())
                .containsExactly("c:deferred:turn-running:2026-11-22T10:00:15Z", "x:cancelled", "c:rejected");
        new CommittedTopic(clients, topics.named("replies")).records().forEach(EventSchemas::assertValid);

        processor.take(record(2, "y", "{\"id\":\"y\",\"type\":\"task.cancel\",\"command_id\":\"c\"}"));
        processor.take(record(3, "z", "{\"id\":\"z\",\"type\":\"task.cancel\",\"command_id\":\"never\"}"));
        assertThat(replies()).endsWith("y:rejected", "z:rejected");
        assertThat(answers).containsExactly("deferred", "accepted", "rejected", "rejected", "rejected");
    }

    @Test
    void whatIsOutOfDateInMemoryIsNotSentAfterAnotherOwnerHasWritten() {
        List<String> sent = new ArrayList<>();
        CommandProcessor first = processor(run -> {
            // in between another instance has taken over, and has sent it
            CommandProcessor second = processor(other -> {
                CommandState state = attempting(other);
                other.commandLog.attempt(state, other.nextOffset);
                sent.add("second");
                works(other);
            });
            second.take(record(0, "c"));
            run.commandLog.attempt(attempting(run), run.nextOffset);
            sent.add("first");
            works(run);
        });

        assertThatThrownBy(() -> first.take(record(0, "c"))).isInstanceOf(OwnershipLostException.class);

        assertThat(sent).containsExactly("second");
        assertThat(replies()).containsExactly("c:accepted");
    }

    private static CommandState attempting(CommandRun run) {
        run.account = ACCOUNT;
        run.prompt = run.command().prompt();
        return CommandState.attempting(run, WINDOW, WINDOW);
    }

    @Test
    void aTaskWhoseAcceptanceCouldNotBeWrittenIsFoundByTheCommandThatStartedIt() {
        ScriptedCalls codex = new ScriptedCalls()
                .page(null, null, ScriptedCalls.item("task_e_1", "pending", 3, 3))
                .with(
                        "tasks/task_e_1",
                        ScriptedCalls.details(
                                "task_e_1",
                                ScriptedCalls.user("u", null, "Fix it", 3),
                                ScriptedCalls.assistant("task_e_1~1", "u", 0)));

        acceptedInTheSecondTry(codex, record(0, "c"), new Outcome.Accepted("task_e_1", "task_e_1~1", false));

        assertThat(claims.isOthers("task_e_1", "another attempt")).isTrue();
    }

    @Test
    void aTurnWhoseAcceptanceCouldNotBeWrittenIsFoundByTheCommandThatStartedIt() {
        ScriptedCalls codex = new ScriptedCalls()
                .with(
                        "tasks/old/turns",
                        ScriptedCalls.mapping(
                                ScriptedCalls.user("u4", "old~1", "More", 5),
                                ScriptedCalls.assistant("old~4", "u4", 0)));
        String followUp = "{\"id\":\"c\",\"type\":\"task.follow-up\",\"task_id\":\"old\",\"prompt\":\"More\"}";

        acceptedInTheSecondTry(codex, record(0, "c", followUp), new Outcome.Accepted("old", "old~4", false));

        assertThat(claims.isOthers("old~4", "another attempt")).isTrue();
    }

    /** This process loses the partition between upstream's acceptance and its record, and gets the partition again. */
    private void acceptedInTheSecondTry(ScriptedCalls codex, ConsumerRecord<String, byte[]> message, Outcome accepted) {
        CommandAttempts attempts = new CommandAttempts(new AttemptLookup(codex), claims, TIMINGS, clock);
        Consumer<CommandRun> route = run -> {
            run.account = ACCOUNT;
            if (run.isInDoubt()) {
                attempts.search(run);
                return;
            }
            run.turnId = run.isFollowUp() ? "old~1" : null;
            run.commandLog.attempt(attempting(run), run.nextOffset);
            run.attempting(WINDOW, WINDOW);
            run.outcome(accepted);
            processor(other -> {}); // fences this one
        };
        CommandProcessor first = processor(route);
        assertThatThrownBy(() -> first.take(message)).isInstanceOf(OwnershipLostException.class);
        first.close();
        assertThat(replies()).isEmpty();

        assertThat(processor(route).executeDue()).isTrue();

        assertThat(replies()).containsExactly("c:accepted");
        assertThat(answers).containsExactly("accepted");
    }

    @Test
    void commandsThatEndedAMonthAgoAreForgottenOnceADayWhileTheInstanceRuns() {
        CommandProcessor processor = processor(CommandProcessorIT::works);
        processor.take(record(0, "first"));
        clock.move(Duration.ofDays(20));
        processor.take(record(1, "second"));
        assertThat(processor.executeDue()).isFalse();

        clock.move(Duration.ofDays(11));
        assertThat(processor.executeDue()).isFalse();
        processor.take(record(2, "second"));

        assertThat(logged()).doesNotContain("first").contains("second");
        assertThat(replies()).containsExactly("first:accepted", "second:accepted");
    }

    @Test
    void howeverManyCommandsEndedAMonthAgoAllAreForgotten() {
        CommandProcessor processor = processor(CommandProcessorIT::works);
        CommandLog log = log(new Pauses());
        log.open();
        List<CommandState> old = IntStream.range(0, 1100)
                .mapToObj(i -> CommandState.finished(
                        new TaskCommand.Key("", "c" + i),
                        CommandState.Stage.ACCEPTED,
                        clock.instant(),
                        ACCOUNT.id(),
                        null,
                        "task_e_" + i,
                        null,
                        clock.instant()))
                .toList();
        log.write(old, List.of(), null);
        log.close();
        clock.move(Duration.ofDays(31));
        processor.close();
        processor.open();

        assertThat(processor.executeDue()).isFalse();
        assertThat(processor.executeDue()).isFalse();
        assertThat(processor.executeDue()).isFalse();

        assertThat(logged()).isEmpty();
    }

    /** The ids of the commands that the log's topic holds. */
    private Set<String> logged() {
        Set<String> ids = new TreeSet<>();
        for (ConsumerRecord<String, byte[]> record :
                new CommittedTopic(clients, topics.named("command-log")).records()) {
            if (record.key().startsWith(TaskCommand.Key.PREFIX)) {
                String id = record.key().substring(record.key().lastIndexOf('|') + 1);
                if (record.value() == null) {
                    ids.remove(id);
                } else {
                    ids.add(id);
                }
            }
        }
        return ids;
    }

    @Test
    void whoWasStoppedNeverOpensTheLogAgain() {
        Pauses pauses = new Pauses();
        CommandProcessor first = processor(pauses, CommandProcessorIT::works);
        first.close();
        CommandProcessor second = processor(CommandProcessorIT::works);
        pauses.stop();

        assertThatThrownBy(first::open).isInstanceOf(OwnershipLostException.class);
        second.take(record(0, "c"));

        assertThat(replies()).containsExactly("c:accepted");
    }

    @Test
    void theWaitForAUsageWindowEndsWithPatience() {
        CommandProcessor processor = processor(run -> run.outcome(
                new CommandDeferredException("usage-limit", Duration.ofDays(5), "the window is used up", true)));

        processor.take(record(0, "c"));
        assertThat(processor.next()).contains(WINDOW.plus(TIMINGS.patience()));
        clock.move(TIMINGS.patience());
        assertThat(processor.executeDue()).isTrue();

        assertThat(replies()).containsExactly("c:deferred:usage-limit:2026-11-23T10:00:00Z", "c:rejected");
    }

    @Test
    void aCommandWhoseTimeEndsWhileItIsCheckedIsNotSent() {
        CommandAttempts attempts = new CommandAttempts(null, claims, TIMINGS, clock);
        List<String> sent = new ArrayList<>();
        CommandProcessor processor = processor(run -> {
            run.account = ACCOUNT;
            run.prompt = run.command().prompt();
            run.environment = new Environment("e", null, List.of(), List.of(), true);
            clock.move(Duration.ofSeconds(10));
            attempts.begin(run);
            sent.add(run.key().id());
        });

        processor.take(record(
                0,
                "c",
                "{\"id\":\"c\",\"type\":\"task.create\",\"environment\":\"e\",\"prompt\":\"p\","
                        + "\"not_after\":\"2026-11-22T10:00:10Z\"}"));

        assertThat(sent).isEmpty();
        assertThat(replies()).containsExactly("c:rejected");
    }

    @Test
    void aCommandWhoseTimeIsOverIsRejectedWhenItsTimeEnds() {
        CommandProcessor processor = processor(CommandProcessorIT::waits);

        processor.take(record(
                0,
                "c",
                "{\"id\":\"c\",\"type\":\"task.create\",\"environment\":\"e\",\"prompt\":\"p\","
                        + "\"not_after\":\"2026-11-22T11:00:10+01:00\"}"));
        assertThat(processor.next()).contains(WINDOW.plusSeconds(10));
        clock.move(Duration.ofSeconds(10));
        assertThat(processor.executeDue()).isTrue();

        assertThat(replies()).containsExactly("c:deferred:turn-running:2026-11-22T10:00:10Z", "c:rejected");
    }
}
