package dev.turnpike.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.Patience;
import dev.turnpike.codex.Replies;
import dev.turnpike.credentials.LogCapture;
import dev.turnpike.events.Event;
import dev.turnpike.events.Event.Form;
import dev.turnpike.events.EventSchemas;
import dev.turnpike.events.EventTopic;
import dev.turnpike.kafka.CommittedTopic;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.MessageLimit;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.kafka.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedKafka.class)
class ShardIT {
    private static KafkaClients clients;

    private final List<String> reduced = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final List<Integer> transactions = new ArrayList<>();
    private Topics topics;

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
    }

    @Test
    void whatWasPublishedIsNotPublishedAgain() {
        Shard shard = shard();

        assertThat(shard.publish(List.of(once("a"), once("b"), once("a")))).hasSize(2);
        assertThat(shard.publish(List.of(once("a"), once("c")))).hasSize(1);

        assertThat(published()).containsExactly("a", "b", "c");
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void recordsThatMayWaitForOthersHoldUpNeitherAnOpeningNorATransaction() {
        KafkaClients waiting = new KafkaClients(clients.brokers(), Map.of("linger.ms", "900000"));

        assertThat(shard(waiting).publish(List.of(once("a")))).hasSize(1);

        assertThat(published()).containsExactly("a");
    }

    @Test
    void whatWasPublishedIsKnownToTheNextOwner() {
        shard().publish(List.of(once("a")));

        assertThat(shard().publish(List.of(once("a"), once("b")))).hasSize(1);

        assertThat(published()).containsExactly("a", "b");
    }

    @Test
    void aNewOwnerFencesTheOldOne() {
        Shard old = shard();
        old.publish(List.of(once("a")));
        Shard next = shard();
        next.publish(List.of(once("b")));

        assertThatThrownBy(() -> old.publish(List.of(once("c")))).isInstanceOf(OwnershipLostException.class);

        assertThat(old.isOwned()).isFalse();
        assertThat(published()).containsExactly("a", "b");
    }

    @Test
    void theOldOwnerReadsTheStateAgainWhenTheGroupGivesItTheShardBack() {
        Shard old = shard();
        old.publish(List.of(once("a")));
        shard().publish(List.of(once("b")));
        assertThatThrownBy(() -> old.publish(List.of(once("c")))).isInstanceOf(OwnershipLostException.class);

        old.confirmOwned();

        assertThat(old.publish(List.of(once("b"), once("c")))).hasSize(1);
        assertThat(published()).containsExactly("a", "b", "c");
    }

    @Test
    void nothingOfAFailedTransactionIsSeenAndItIsTriedAgain() throws Exception {
        Shard shard = shard();
        // the event's topic is not there: its send fails after max.block.ms, with the state record still to come
        try (Admin admin = clients.admin()) {
            admin.deleteTopics(List.of(topics.named("turns"))).all().get();
            await().until(() -> !admin.listTopics().names().get().contains(topics.named("turns")));
            Shard impatient = new Shard(
                    new KafkaClients(clients.brokers(), Map.of("max.block.ms", "500")),
                    new TopicPartition(topics.state(), 0),
                    Set.of(topics.named("turns")),
                    Mark.KINDS,
                    this::record,
                    new ShardMeters(new SimpleMeterRegistry(), Clock.systemUTC()));
            // a busy broker may not even fence within that time
            await().untilAsserted(() -> assertThatThrownBy(() -> impatient.publish(List.of(once("a"))))
                    .isInstanceOf(CommitInDoubtException.class));
            assertThat(shard.<Boolean>read(known -> known.get(Mark.key("a")).isPresent()))
                    .isFalse();

            admin.createTopics(List.of(new NewTopic(topics.named("turns"), 1, (short) 1)))
                    .all()
                    .get();
        }
        assertThat(shard.publish(List.of(once("a")))).hasSize(1);
        assertThat(published()).containsExactly("a");
    }

    @Test
    void anEventThatIsTooLargeGoesOutInItsMetadataForm() {
        assertThat(shard().publish(List.of(large("huge", 900_000)))).hasSize(1);

        assertThat(published()).containsExactly("huge");
        assertThat(values()).containsExactly("{\"reduced\":true}");
    }

    @Test
    void anEventThatTheBrokerRefusesGoesOutInItsMetadataFormAndTakesTheOthersAlong() throws Exception {
        topics = new Topics("strict.", 1, 1, null);
        createTurns(20_000);

        assertThat(shard().publish(List.of(once("a"), large("refused", 50_000), once("b"))))
                .hasSize(3);

        assertThat(published()).containsExactly("a", "refused", "b");
        assertThat(values()).contains("{\"reduced\":true}");
        assertThat(reduced).containsExactly("refused metadata");
    }

    @Test
    void anEventWhoseMetadataFormIsRefusedTooGoesOutBareAndIsCounted() throws Exception {
        topics = new Topics("tight.", 1, 1, null);
        createTurns(8_000);

        assertThat(shard().publish(List.of(once("a"), turn("t1", 100_000, 300), turn("t2", 20_000, 3), once("b"))))
                .hasSize(4);

        assertThat(published()).containsExactly("a", "t1", "t2", "b");
        assertThat(reduced).containsExactly("t1 bare", "t2 metadata");
        JsonNode bare = json(values().get(1));
        EventSchemas.assertValid("turn.completed.v1", bare);
        assertThat(bare.path("turn_id").asText()).isEqualTo("t1~a");
        assertThat(bare.path("files_truncated").asBoolean()).isTrue();
        assertThat(bare.has("files")).isFalse();
        assertThat(json(values().get(2)).path("files")).hasSize(3);
        assertThat(shard().publish(List.of(turn("t1", 100_000, 300)))).isEmpty();
    }

    @Test
    void whatATopicTakesIsFoundOutByOneRefusal() throws Exception {
        topics = new Topics("small.", 1, 1, null);
        createTurns(20_000);
        Shard shard = shard();

        shard.publish(List.of(large("a", 50_000), large("b", 45_000), large("c", 30_000)));
        shard.publish(List.of(large("d", 21_000), once("e"), large("f", 19_000)));

        assertThat(published()).containsExactly("a", "b", "c", "d", "e", "f");
        assertThat(failures).containsExactly("refused");
        assertThat(reduced).containsExactly("a metadata", "b metadata", "c metadata", "d metadata");
    }

    @Test
    void whatOneTopicRefusesAnotherMayTake() throws Exception {
        topics = new Topics("uneven.", 1, 1, null);
        createTurns(20_000);
        Shard shard = shard();

        shard.publish(List.of(large("a", 50_000)));
        shard.publish(List.of(large(EventTopic.TASKS, "b", 50_000), large("c", 50_000)));

        assertThat(failures).as("of the first").containsExactly("refused");
        assertThat(reduced).containsExactly("a metadata", "c metadata");
    }

    @Test
    void whatIsTooMuchForOneTransactionIsSplitBetweenProposals() {
        Shard shard = shard();
        List<Proposal> proposals = new ArrayList<>();
        for (int i = 0; i < 14; i++) {
            proposals.add(large("large" + i, 700_000));
        }
        for (int i = 0; i < Shard.BATCH_RECORDS; i++) {
            proposals.add(once("small" + i));
        }
        // like a watermark: it may be committed with or after what it depends on
        proposals.add(known -> known.get(Mark.key("small0")).isPresent()
                        && known.get(Mark.key("small" + (Shard.BATCH_RECORDS - 1)))
                                .isPresent()
                ? Decision.of(List.of(), Mark.key("watermark"), Mark.of("moved"))
                : Decision.NOTHING);

        assertThat(shard.publish(proposals)).hasSize(14 + Shard.BATCH_RECORDS);

        assertThat(published()).hasSize(14 + Shard.BATCH_RECORDS).doesNotHaveDuplicates();
        assertThat(transactions.subList(0, 2)).containsExactly(5, 5);
        assertThat(transactions).hasSize(5);
        assertThat(shard.<Boolean>read(known -> known.get(Mark.key("watermark")).isPresent()))
                .isTrue();
    }

    @Test
    void anEventThatIsRefusedInEveryFormIsSaidSoEachTimeAndGoesOutOnceTheTopicTakesIt() throws Exception {
        topics = new Topics("closed.", 1, 1, null);
        createTurns(200);
        Shard shard = shard();

        for (int tried = 1; tried <= 2; tried++) {
            assertThatThrownBy(() -> shard.publish(List.of(turn("t1", 10_000, 30))))
                    .isInstanceOf(PermanentlyRejectedException.class)
                    .hasMessageContaining("event t1:completed")
                    .hasMessageContaining("account ws/user")
                    .hasMessageContaining("Raise max.message.bytes of closed.turns");
        }
        assertThat(reduced).isEmpty();
        MessageLimit.set(clients, "closed.turns", 100_000);

        assertThat(shard.publish(List.of(turn("t1", 10_000, 30)))).hasSize(1);

        assertThat(published()).containsExactly("t1");
        assertThat(json(values().get(0)).path("diff").asText()).hasSize(10_000);
        assertThat(reduced).isEmpty();
    }

    @Test
    void whereTheProducerItselfRefusesTheReasonNamesItsSetting() {
        KafkaClients narrow = new KafkaClients(clients.brokers(), Map.of("max.request.size", "300"));
        Shard shard = shard(narrow);

        assertThatThrownBy(() -> shard.publish(List.of(turn("t1", 10_000, 30))))
                .isInstanceOf(PermanentlyRejectedException.class)
                .hasMessageContaining("kafka.properties.max.request.size where Kafka's reason names that")
                .hasMessageContaining("the value of the max.request.size configuration");
    }

    @Test
    void stateThatIsTooLargeForItsTopicIsSaidSo() throws Exception {
        topics = new Topics("narrow.", 1, 1, null);
        try (Admin admin = clients.admin()) {
            NewTopic state = new NewTopic("narrow.state", 1, (short) 1)
                    .configs(Map.of("max.message.bytes", "1000", "cleanup.policy", "compact"));
            admin.createTopics(List.of(state)).all().get();
            topics.ensure(admin);
        }
        Mark large = Mark.of("x".repeat(5_000));

        assertThatThrownBy(() ->
                        shard().publish(List.of(known -> new Decision(List.of(), Map.of(Mark.key("a"), large)))))
                .isInstanceOf(PermanentlyRejectedException.class)
                .hasMessageContaining("Raise max.message.bytes of narrow.state");
    }

    @Test
    void aDecisionForNothingIsNoTransaction() {
        Shard shard = shard();
        shard.publish(List.of(once("a")));
        Map<TopicPartition, Long> before = endOfState();

        assertThat(shard.publish(List.of(once("a")))).isEmpty();

        assertThat(endOfState()).isEqualTo(before);
    }

    @Test
    void theShardsOfAGroupAreSharedOutAndHandedOver() {
        Topics shared = new Topics("shared.", 1, 4, null);
        try (Admin admin = clients.admin()) {
            shared.ensure(admin);
        }
        Shards first = new Shards(
                clients,
                shared,
                Mark.KINDS,
                this::record,
                new ShardMeters(new SimpleMeterRegistry(), Clock.systemUTC()));
        CompletableFuture<Void> assigned = CompletableFuture.runAsync(() -> awaitAssigned(first));
        assertThat(first.isMember()).isFalse();
        first.start();
        assertThat(assigned).succeedsWithin(Patience.LONGEST);
        assertThat(first.owned()).containsExactly(0, 1, 2, 3);
        Shards second = new Shards(
                clients,
                shared,
                Mark.KINDS,
                this::record,
                new ShardMeters(new SimpleMeterRegistry(), Clock.systemUTC()));
        second.start();
        try {
            await().until(() -> first.owned().size() == 2 && second.owned().size() == 2);
            String account = "ws/user";
            Optional<Shard> shard = first.of(account).or(() -> second.of(account));
            assertThat(shard).isPresent();
            assertThat(first.of(account).isPresent())
                    .isNotEqualTo(second.of(account).isPresent());

            first.close();
            await().until(() -> second.owned().size() == 4);
            assertThat(second.of(account)).isPresent();
        } finally {
            first.close();
            second.close();
        }
    }

    private static void awaitAssigned(Shards shards) {
        try {
            shards.awaitAssigned();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aFencedShardThatIsStillAssignedComesBackByItself() {
        Shards shards = new Shards(
                clients,
                topics,
                Mark.KINDS,
                this::record,
                new ShardMeters(new SimpleMeterRegistry(), Clock.systemUTC()));
        shards.start();
        try {
            await().until(() -> shards.of("a").isPresent());
            Shard mine = shards.of("a").orElseThrow();
            mine.publish(List.of(once("a")));
            shard().publish(List.of(once("b")));
            assertThatThrownBy(() -> mine.publish(List.of(once("c")))).isInstanceOf(OwnershipLostException.class);

            await().until(() -> shards.of("a").isPresent());

            shards.of("a").orElseThrow().publish(List.of(once("b"), once("c")));
            assertThat(published()).containsExactly("a", "b", "c");
        } finally {
            shards.close();
        }
    }

    @Test
    void aStateTopicOnWhichNothingCouldBePromisedRefusesTheStart() throws Exception {
        try (Admin admin = clients.admin()) {
            create(admin, "deleted.state", 1);
            assertThatThrownBy(() -> new Topics("deleted.", 1, 1, null).ensure(admin))
                    .hasMessageContaining("deleted.state")
                    .hasMessageContaining("cleanup.policy = delete");
            assertThatThrownBy(() -> new Topics(topics.prefix(), 1, 5, null).ensure(admin))
                    .hasMessageContaining("has 1 partitions but shards = 5");
        }
    }

    /** Confluent Cloud demands three replicas by a policy, and a broker alone can have but one. */
    @Test
    void aTopicThatTheClusterDoesNotCreateIsNamedWithItsSettings() {
        try (Admin admin = clients.admin()) {
            assertThatThrownBy(() -> new Topics("replicated.", 1, 1, (short) 3).ensure(admin))
                    .hasMessageStartingWith("Topic replicated.state cannot be created: ")
                    .hasMessageContaining("; set topics.replication and topics.partitions as the cluster requires");
        }
    }

    @Test
    void aStateOfSinksThatWouldBeDeletedRefusesTheStart() throws Exception {
        Topics others = new Topics("sinks.", 1, 1, null);
        try (Admin admin = clients.admin()) {
            create(admin, "sinks.sink-state", 1);
            assertThatThrownBy(() -> others.ensure(admin))
                    .hasMessageContaining("sinks.sink-state")
                    .hasMessageContaining("cleanup.policy = delete but must be compact");
        }
    }

    @Test
    void aTableThatIsNotCompactedIsWarnedOfAndMayBeMeant() throws Exception {
        Topics others = new Topics("tables.", 1, 1, null);
        try (Admin admin = clients.admin();
                LogCapture logs = new LogCapture()) {
            create(admin, "tables.threads", 1);
            others.ensure(admin);

            assertThat(logs.lines())
                    .filteredOn(line -> line.contains("Topic is not compacted"))
                    .singleElement()
                    .asString()
                    .contains(
                            "WARN", "topic=tables.threads cleanup.policy=delete", "later messages start a new thread");
        }
    }

    @Test
    void theCommandLogHasAPartitionForEachOfTheCommands() throws Exception {
        Topics others = new Topics("more.", 2, 1, null);
        try (Admin admin = clients.admin()) {
            create(admin, "more.commands", 3);
            others.ensure(admin);
            assertThat(admin.describeTopics(List.of("more.command-log"))
                            .allTopicNames()
                            .get()
                            .get("more.command-log")
                            .partitions())
                    .hasSize(3);
            admin.createPartitions(Map.of("more.commands", NewPartitions.increaseTo(4)))
                    .all()
                    .get();
            await().untilAsserted(() -> assertThatThrownBy(() -> others.ensure(admin))
                    .hasMessageContaining("more.command-log has 3 partitions but more.commands has 4"));
        }
    }

    /** Returns when the broker knows of it, which is after the controller has confirmed it. */
    private static void create(Admin admin, String topic, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .get();
        await().until(() -> admin.listTopics().names().get().contains(topic));
    }

    private Shard shard() {
        return shard(clients);
    }

    private Shard shard(KafkaClients used) {
        ShardMeters meters = new ShardMeters(new SimpleMeterRegistry(), Clock.systemUTC()) {
            @Override
            public void committed(List<Event> events) {
                transactions.add(events.size());
            }

            @Override
            public void failed(String outcome) {
                failures.add(outcome);
            }

            @Override
            public void reduced(Event event, Form form) {
                reduced.add(event.key() + " " + form.label());
            }
        };
        return new Shard(
                used,
                new TopicPartition(topics.state(), 0),
                Set.of(topics.named("turns"), topics.named("tasks")),
                Mark.KINDS,
                this::record,
                meters);
    }

    /** The topics, of which the one for turns takes records of so many bytes. */
    private void createTurns(int maxBytes) throws Exception {
        try (Admin admin = clients.admin()) {
            NewTopic turns = new NewTopic(topics.named("turns"), 1, (short) 1)
                    .configs(Map.of("max.message.bytes", Integer.toString(maxBytes)));
            admin.createTopics(List.of(turns)).all().get();
            topics.ensure(admin);
        }
    }

    /** Publishes the end of a turn with so long a diff and so many files, unless it is known. */
    private static Proposal turn(String task, int diff, int files) {
        ObjectNode metadata = (ObjectNode) Replies.json("{'turn_id':'t~a','status':'completed',"
                + "'url':'https://example.org/t','observed_at':'2026-11-22T10:00:00Z','attempt_count':1,"
                + "'details':'complete','backfill':false,'account':{'id':'ws/user'}}");
        metadata.put("task_id", task).put("turn_id", task + "~a");
        ArrayNode list = metadata.putArray("files");
        for (int file = 0; file < files; file++) {
            list.addObject()
                    .put("path", "a/file/" + file)
                    .put("change", "added")
                    .put("lines_added", 1)
                    .put("lines_removed", 0);
        }
        ObjectNode data = metadata.deepCopy().put("diff", "x".repeat(diff));
        Event event = new Event(
                EventTopic.TURNS,
                task,
                "turn.completed",
                task + ":completed",
                "ws/user",
                task,
                Instant.EPOCH,
                data,
                metadata);
        return known -> known.get(Mark.key(task)).isPresent()
                ? Decision.NOTHING
                : new Decision(List.of(event), Map.of(Mark.key(task), Mark.of("published")));
    }

    private static JsonNode json(String value) {
        return Replies.json(value);
    }

    /** Publishes an event of this id unless it is known. */
    private static Proposal once(String id) {
        ObjectNode data = JsonNodeFactory.instance.objectNode().put("id", id);
        return proposal(EventTopic.TURNS, id, data, data);
    }

    private static Proposal large(String id, int bytes) {
        return large(EventTopic.TURNS, id, bytes);
    }

    private static Proposal large(EventTopic stream, String id, int bytes) {
        ObjectNode data = JsonNodeFactory.instance.objectNode().put("text", "x".repeat(bytes));
        return proposal(stream, id, data, JsonNodeFactory.instance.objectNode().put("reduced", true));
    }

    private static Proposal proposal(EventTopic stream, String id, ObjectNode data, ObjectNode metadata) {
        return known -> known.get(Mark.key(id)).isPresent()
                ? Decision.NOTHING
                : new Decision(
                        List.of(new Event(stream, id, "t", id, "acc", null, Instant.EPOCH, data, metadata)),
                        Map.of(Mark.key(id), Mark.of("published")));
    }

    private ProducerRecord<String, byte[]> record(Event event) {
        return new ProducerRecord<>(
                event.stream().topic(topics.prefix()),
                event.key(),
                event.data().toString().getBytes(StandardCharsets.UTF_8));
    }

    private List<String> published() {
        return turns().records().stream().map(ConsumerRecord::key).toList();
    }

    private List<String> values() {
        return turns().records().stream()
                .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                .toList();
    }

    private CommittedTopic turns() {
        return new CommittedTopic(clients, topics.named("turns"));
    }

    private Map<TopicPartition, Long> endOfState() {
        return new CommittedTopic(clients, topics.state()).ends();
    }
}
