package dev.turnpike.commands;

import static dev.turnpike.commands.ScriptedCalls.ACCOUNT;
import static dev.turnpike.commands.ScriptedCalls.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.MovableClock;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.kafka.CommittedTopic;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.kafka.Topics;
import dev.turnpike.shard.FencedLog;
import dev.turnpike.shard.OwnershipLostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;

/** One partition's commands on a real log; what the looks come to is made up. */
@ExtendWith(SharedKafka.class)
class CommandDeskIT {
    private static final Timings TIMINGS =
            new Timings(Duration.ofSeconds(15), Duration.ofSeconds(30), Duration.ofDays(1));

    private static KafkaClients clients;

    private final MovableClock clock = new MovableClock(WINDOW);
    private final Claims claims = new Claims();
    private final List<String> answers = new ArrayList<>();
    private Topics topics;
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
        try (KafkaConsumer<String, byte[]> member = clients.groupReader(topics.named("commands"))) {
            group = member.groupMetadata();
        }
    }

    private CommandDesk desk(CommandLook look) {
        return desk(new CommandPauses(), look);
    }

    private CommandDesk desk(CommandPauses pauses, CommandLook look) {
        CommandJournal journal = new CommandJournal(
                new FencedLog(clients, new TopicPartition(topics.named("command-log"), 0)),
                new TopicPartition(topics.named("commands"), 0),
                () -> group,
                pauses);
        CommandAnswers written = new CommandAnswers(
                journal,
                new CommandReplies(topics.prefix(), new TaskLinks("https://chatgpt.com/backend-api")),
                (type, outcome) -> answers.add(outcome));
        UnfinishedCommands unfinished = new UnfinishedCommands(journal, claims, clock);
        CommandDesk desk = new CommandDesk(
                unfinished,
                new CommandIntake(journal, written, unfinished, clock),
                new CommandLooks(look, TIMINGS, pauses, clock),
                new Settlement(written, unfinished, claims, new Deferrals(TIMINGS.patience()), clock));
        desk.open();
        return desk;
    }

    private ConsumerRecord<String, byte[]> record(int offset, String id) {
        String json = "{\"id\":\"" + id + "\",\"type\":\"task.create\",\"environment\":\"e\",\"prompt\":\"Fix it\"}";
        return new ConsumerRecord<>(topics.named("commands"), 0, offset, id, json.getBytes(StandardCharsets.UTF_8));
    }

    private List<String> replies() {
        return new CommittedTopic(clients, topics.named("replies"))
                .records().stream()
                        .map(reply -> new String(reply.headers().lastHeader("ce_id").value(), StandardCharsets.UTF_8))
                        .toList();
    }

    private static void waits(CommandRun run) {
        run.outcome(new Outcome.Deferred(
                new CommandDeferredException("turn-running", TIMINGS.pause(), "it still runs", false)));
    }

    private static void works(CommandRun run) {
        run.outcome(new Outcome.Accepted("task_e_1", "task_e_1~1", false));
    }

    /** Claims its words, as the route does. */
    private void claim(CommandRun run) {
        assertThat(claims.claim(ACCOUNT.id(), "words", run.key())).isTrue();
    }

    private boolean areWordsFree() {
        return claims.claim(ACCOUNT.id(), "words", new CommandKey("", "somebody else"));
    }

    @Test
    void whatWaitsIsToldOnceAndFinishedWhenItsTimeHasCome() {
        List<CommandRun> looked = new ArrayList<>();
        CommandDesk desk = desk(run -> {
            claim(run);
            looked.add(run);
            if (looked.size() < 3) {
                waits(run);
            } else {
                works(run);
            }
        });

        desk.take(record(0, "c"));
        assertThat(desk.next()).contains(WINDOW.plusSeconds(15));
        assertThat(desk.lookAtDue()).isFalse();
        clock.move(Duration.ofSeconds(15));
        assertThat(desk.lookAtDue()).isTrue();
        assertThat(desk.next()).contains(WINDOW.plusSeconds(30));
        clock.move(Duration.ofSeconds(15));
        assertThat(desk.lookAtDue()).isTrue();

        assertThat(desk.next()).isEmpty();
        assertThat(looked.get(2)).as("what a look has found out is kept").isSameAs(looked.get(0));
        assertThat(replies()).containsExactly("c:deferred:turn-running:2026-11-22T10:00:15Z", "c:accepted");
        assertThat(answers).containsExactly("deferred", "accepted");
        assertThat(claims.isTaken("task_e_1")).isTrue();
        assertThat(areWordsFree()).isTrue();
    }

    @Test
    void aKnownCommandIsNotCarriedOutAgain() {
        List<CommandRun> looked = new ArrayList<>();
        CommandDesk desk = desk(run -> {
            looked.add(run);
            works(run);
        });

        desk.take(record(0, "c"));
        desk.take(record(1, "c"));
        desk.close();
        desk(run -> looked.add(run)).take(record(2, "c"));

        assertThat(looked).hasSize(1);
        assertThat(replies()).containsExactly("c:accepted");
    }

    @Test
    void whoTakesOverLooksForWhatWasBeingAttempted() {
        CommandDesk first = desk(run -> {
            CommandState attempting = CommandState.attempting(
                    run.command(),
                    run.receivedAt(),
                    ACCOUNT.id(),
                    null,
                    run.attempt().id(),
                    WINDOW,
                    WINDOW);
            run.journal().write(attempting, List.of(), run.nextOffset());
            throw new IllegalStateException("killed");
        });
        assertThatThrownBy(() -> first.take(record(0, "c"))).hasMessage("killed");

        CommandDesk next = desk(run -> {
            assertThat(run.isDoubtful()).isTrue();
            run.outcome(new Outcome.Accepted("task_e_1", null, true));
        });

        assertThat(next.lookAtDue()).isTrue();
        assertThat(replies()).containsExactly("c:accepted");
    }

    @Test
    void whatIsLookedForKeepsItsWordsUntilThePartitionIsGone() {
        CommandDesk desk = desk(run -> {
            claim(run);
            run.attempting(WINDOW, WINDOW);
            run.doubted();
            run.outcome(new Outcome.Again("not there yet", Duration.ZERO));
        });

        desk.take(record(0, "c"));
        assertThat(desk.next()).contains(WINDOW.plusMillis(200));
        assertThat(areWordsFree()).isFalse();
        desk.close();

        assertThat(areWordsFree()).isTrue();
    }

    @Test
    void aCommandThatWasInHandWhenThePartitionWasLostLeavesItsWordsToOthers() {
        CommandDesk desk = desk(run -> {
            claim(run);
            works(run);
            desk(other -> {});
        });

        assertThatThrownBy(() -> desk.take(record(0, "c"))).isInstanceOf(OwnershipLostException.class);
        desk.close();

        assertThat(replies()).isEmpty();
        assertThat(areWordsFree()).isTrue();
    }

    @Test
    void aCommandThatWasInHandWhenTheWorkWasToStopLeavesItsWordsToOthersToo() {
        CommandPauses pauses = new CommandPauses();
        CommandDesk desk = desk(pauses, run -> {
            claim(run);
            run.outcome(new Outcome.Again("503", Duration.ZERO));
            pauses.stop();
        });

        desk.take(record(0, "c"));
        assertThat(areWordsFree()).isFalse();
        desk.close();

        assertThat(areWordsFree()).isTrue();
        assertThat(replies()).isEmpty();
    }
}
