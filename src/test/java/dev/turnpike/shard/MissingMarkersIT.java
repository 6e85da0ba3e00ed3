package dev.turnpike.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.turnpike.credentials.LogCapture;
import dev.turnpike.events.Event;
import dev.turnpike.events.EventTopic;
import dev.turnpike.kafka.CommittedTopic;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.KafkaPair;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kafka confirms a commit while the partitions that were written have no leader, and leaves their records undecided: the
 * coordinator takes such partitions for deleted. The next marker in each of them decides for both transactions.
 */
class MissingMarkersIT {
    private static final TopicPartition STATE = new TopicPartition("codex.state", 0);
    /** On the broker that stays. */
    private static final TopicPartition STAYING_STATE = new TopicPartition("staying.state", 0);

    private static final TopicPartition TURNS = new TopicPartition("codex.turns", 0);

    @TempDir
    Path folder;

    private KafkaPair kafka;

    @BeforeEach
    void startBrokers() throws Exception {
        kafka = new KafkaPair(folder);
        kafka.create(STATE.topic(), 1);
        kafka.createOnFirst(STAYING_STATE.topic());
        kafka.create(TURNS.topic(), 1);
    }

    @AfterEach
    void stopBrokers() {
        kafka.close();
    }

    @Test
    void whatKafkaHasLeftUndecidedIsPublishedOnce() throws Exception {
        publishWithoutMarkers(STATE, once("b"));
        assertThat(isUndecided(STATE)).as("Kafka leaves it undecided").isTrue();
        assertThat(isUndecided(TURNS)).as("Kafka leaves it undecided").isTrue();

        Shard next = shard(STATE, Map.of());
        assertThat(next.publish(List.of(once("a"), once("b"), once("c"))))
                .extracting(Event::id)
                .containsExactly("b", "c");

        assertPublished("a", "b", "c");
        await().until(() -> !isUndecided(STATE) && !isUndecided(TURNS));
    }

    /** Otherwise the next marker decides, which aborts them where the next transaction is cut off. */
    @Test
    void eventsThatAloneAreLeftUndecidedArePublishedOnce() throws Exception {
        publishWithoutMarkers(STAYING_STATE, once("b"));
        assertThat(isUndecided(STAYING_STATE)).as("its marker was written").isFalse();
        assertThat(isUndecided(TURNS)).as("Kafka leaves it undecided").isTrue();

        assertKnown(once("a"), once("b"));

        assertPublished("a", "b");
        await().until(() -> !isUndecided(TURNS));
    }

    /** What the state says of them is older than its last transaction. */
    @Test
    void eventsThatAloneAreLeftUndecidedArePublishedOnceThoughStateWasWrittenSince() throws Exception {
        publishWithoutMarkers(STAYING_STATE, once("b"), silently("c"));
        assertThat(isUndecided(TURNS)).as("Kafka leaves it undecided").isTrue();

        assertKnown(once("a"), once("b"), once("c"));

        assertPublished("a", "b");
    }

    /** What ends the state's must not end the events of the transaction before, which are owed. */
    @Test
    void eventsThatAloneAreLeftUndecidedArePublishedOnceThoughTheNextStateIsUndecidedToo() throws Exception {
        Shard shard = publishWithoutMarkers(STAYING_STATE, once("b"));
        kafka.moveToSecond(STAYING_STATE);
        StopsTheSecond.pair = kafka;
        shard.publish(List.of(silently("c")));
        awaitConfirmedAndStartAgain(STAYING_STATE);
        assertThat(isUndecided(STAYING_STATE)).as("Kafka leaves it undecided").isTrue();
        assertThat(isUndecided(TURNS)).as("Kafka leaves it undecided").isTrue();

        assertKnown(once("a"), once("b"));

        assertPublished("a", "b");
    }

    /** The originals are aborted by then: the next opening finds nothing in Kafka. */
    @Test
    void eventsWhoseSecondPublicationFailsArePublishedAtTheNextOpening() throws Exception {
        publishWithoutMarkers(STAYING_STATE, once("b"));
        Shard next = shard(STAYING_STATE, Map.of("interceptor.classes", SpoilsOne.class.getName()));
        SpoilsOne.TO_DO.set(true);

        assertThatThrownBy(() -> next.publish(List.of(once("b")))).isInstanceOf(KafkaException.class);
        assertThat(next.publish(List.of(once("b")))).as("known to be published").isEmpty();

        assertPublished("a", "b");
    }

    /** Kafka may have committed it without confirming that to its producer. */
    @Test
    void eventsWhoseSecondPublicationWasInDoubtArePublishedOnce() throws Exception {
        publishWithoutMarkers(STAYING_STATE, once("b"));
        Shard next = shard(STAYING_STATE, Map.of("interceptor.classes", SpoilsOne.class.getName()));
        SpoilsOne.TO_DO.set(true);
        assertThatThrownBy(() -> next.publish(List.of(once("b")))).isInstanceOf(KafkaException.class);
        try (KafkaConsumer<String, byte[]> all = kafka.clients(Map.of()).uncommittedReader();
                KafkaProducer<String, byte[]> another = another();
                KafkaProducer<String, byte[]> hiding = another("hiding")) {
            all.assign(List.of(TURNS));
            all.seekToBeginning(List.of(TURNS));
            List<ConsumerRecord<String, byte[]>> aborted = new ArrayList<>();
            await().until(() -> {
                all.poll(Duration.ofMillis(100)).forEach(aborted::add);
                aborted.removeIf(record -> !record.key().equals("b"));
                return !aborted.isEmpty();
            });
            hiding.beginTransaction();
            hiding.send(new ProducerRecord<>(TURNS.topic(), 0, "hiding", new byte[0]))
                    .get();
            another.beginTransaction();
            another.send(new ProducerRecord<>(
                            TURNS.topic(),
                            0,
                            "b",
                            aborted.get(0).value(),
                            aborted.get(0).headers()))
                    .get();
            another.commitTransaction();

            assertThatThrownBy(() -> next.publish(List.of(once("b"))))
                    .as("whether it was committed is hidden by another transaction")
                    .isInstanceOf(TimeoutException.class);
            hiding.abortTransaction();
        }
        await().until(() -> !isUndecided(TURNS));

        assertThat(next.publish(List.of(once("b")))).as("known to be published").isEmpty();

        assertPublished("a", "b");
    }

    /** It may take a quarter of an hour where its producer's time-out is no shorter. */
    @Test
    void aTransactionOfAnotherProducerHidesNothingAndIsNotWaitedFor() throws Exception {
        try (LogCapture capture = new LogCapture("dev.turnpike.shard");
                KafkaProducer<String, byte[]> another = another()) {
            another.beginTransaction();
            another.send(new ProducerRecord<>(TURNS.topic(), 0, "another", new byte[0]))
                    .get();
            publishWithoutMarkers(STAYING_STATE, once("b"));

            assertKnown(once("a"), once("b"));

            assertThat(capture.lines()).noneMatch(line -> line.startsWith("ERROR"));
            another.abortTransaction();
        }
        assertPublished("a", "b");
    }

    /** Be it large, it does not hold up every opening; left by a producer id of before, it is not published at each. */
    @Test
    void whatNoMarkerOfOursEndsIsNeitherReadNorPublishedAgain() throws Exception {
        shard(STAYING_STATE, Map.of()).publish(List.of(once("a")));
        try (KafkaProducer<String, byte[]> another = another()) {
            another.beginTransaction();
            long longAgo = System.currentTimeMillis() - Duration.ofDays(8).toMillis();
            ProducerRecord<String, byte[]> left = new ProducerRecord<>(TURNS.topic(), 0, longAgo, "left", new byte[0]);
            left.headers().add("turnpike_transaction", (STAYING_STATE + "@0").getBytes(StandardCharsets.UTF_8));
            another.send(left).get();
            TopicsRead.NAMES.clear();
            try (LogCapture capture = new LogCapture("dev.turnpike.shard")) {
                shard(STAYING_STATE, Map.of("interceptor.classes", TopicsRead.class.getName()))
                        .publish(List.of(once("a"), once("b")));
                assertThat(capture.lines())
                        .filteredOn(line -> line.startsWith("ERROR"))
                        .singleElement(STRING)
                        .contains("Hanging transaction blocks read_committed consumers", "kafka-transactions.sh abort")
                        .contains("topic=codex.turns partition=0 startOffset=2 producerId=");
            }
            another.abortTransaction();
        }

        assertThat(TopicsRead.NAMES).containsExactly(STAYING_STATE.topic());
        assertPublished("a", "b");
    }

    @Test
    void whatMustNotBeForgottenIsWaitedForUntilReadersSeeIt() throws Exception {
        StopsTheSecond.pair = kafka;
        JsonLog log = new JsonLog(
                kafka.clients(Map.of("interceptor.classes", StopsTheSecond.class.getName())),
                STATE,
                Set.of(TURNS.topic()));
        Map<String, JsonNode> attempting = new HashMap<>();
        attempting.put("command", JsonNodeFactory.instance.textNode("attempting"));
        log.open(null, () -> false);
        log.write(List.of(), attempting, null);
        awaitConfirmedAndStartAgain(STATE);

        assertThatThrownBy(log::awaitVisible).isInstanceOf(CommitInDoubtException.class);

        log.open(null, () -> false);
        assertThat(log.get("command")).isEmpty();
        log.write(List.of(), attempting, null);
        log.awaitVisible();
        log.close();
        assertThat(new CommittedTopic(kafka.clients(Map.of()), STATE.topic()).records())
                .hasSize(1);
    }

    /** Publishes a as usual, and what is given in a transaction each; Kafka confirms the first with the second broker stopped. */
    private Shard publishWithoutMarkers(TopicPartition state, Proposal... proposals) throws Exception {
        shard(state, Map.of()).publish(List.of(once("a")));
        StopsTheSecond.pair = kafka;
        Shard shard = shard(state, Map.of("interceptor.classes", StopsTheSecond.class.getName()));
        assertThat(shard.publish(List.of(proposals[0]))).as("confirmed").hasSize(1);
        for (Proposal later : List.of(proposals).subList(1, proposals.length)) {
            shard.publish(List.of(later));
        }
        awaitConfirmedAndStartAgain(state);
        return shard;
    }

    private void awaitConfirmedAndStartAgain(TopicPartition state) throws Exception {
        String id = state.toString();
        await().until(() -> kafka.admin()
                        .describeTransactions(List.of(id))
                        .description(id)
                        .get()
                        .state()
                == TransactionState.COMPLETE_COMMIT);
        StopsTheSecond.pair = null;
        kafka.startSecond();
    }

    /** Whose transactions may be open for a quarter of an hour. */
    private KafkaProducer<String, byte[]> another() {
        return another("another");
    }

    private KafkaProducer<String, byte[]> another(String transactionalId) {
        Map<String, Object> config = new HashMap<>(kafka.clients(Map.of()).plain());
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, "900000");
        KafkaProducer<String, byte[]> another =
                new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
        another.initTransactions();
        return another;
    }

    private void assertKnown(Proposal... published) {
        assertThat(shard(STAYING_STATE, Map.of()).publish(List.of(published)))
                .as("known to be published")
                .isEmpty();
    }

    private void assertPublished(String... ids) {
        assertThat(new CommittedTopic(kafka.clients(Map.of()), TURNS.topic()).records())
                .extracting(ConsumerRecord::key)
                .containsExactly(ids);
    }

    private boolean isUndecided(TopicPartition partition) throws Exception {
        return end(partition, IsolationLevel.READ_COMMITTED) < end(partition, IsolationLevel.READ_UNCOMMITTED);
    }

    private long end(TopicPartition partition, IsolationLevel level) throws ExecutionException, InterruptedException {
        return kafka.admin()
                .listOffsets(Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(level))
                .partitionResult(partition)
                .get()
                .offset();
    }

    private Shard shard(TopicPartition state, Map<String, String> properties) {
        KafkaClients clients = kafka.clients(properties);
        return new Shard(
                clients,
                state,
                Set.of(TURNS.topic()),
                Mark.KINDS,
                event -> new ProducerRecord<>(TURNS.topic(), 0, event.key(), new byte[0]),
                new ShardMeters(new SimpleMeterRegistry(), Clock.systemUTC()));
    }

    private static Proposal once(String id) {
        Event event = Event.ofTask(
                EventTopic.TURNS,
                "acc",
                id,
                "turn.completed",
                id,
                Instant.EPOCH,
                JsonNodeFactory.instance.objectNode());
        return known -> known.get(Mark.key(id)).isPresent()
                ? Decision.NOTHING
                : new Decision(List.of(event), Map.of(Mark.key(id), Mark.of(id)));
    }

    private static Proposal silently(String id) {
        return known -> new Decision(List.of(), Map.of(Mark.key(id), Mark.of(id)));
    }

    /** Stops the second broker when the records of a transaction are confirmed, and its commit is not. */
    public static final class StopsTheSecond extends Unchanged {
        private static volatile KafkaPair pair;
        private final AtomicInteger unconfirmed = new AtomicInteger();
        /** The state is sent last. */
        private volatile boolean sent;

        @Override
        public void onAcknowledgement(RecordMetadata metadata, Exception exception) {
            boolean last = unconfirmed.get() > 0 && unconfirmed.decrementAndGet() == 0;
            if (sent && last && exception == null) {
                sent = false;
                pair.stopSecond();
            }
        }

        @Override
        public ProducerRecord<String, byte[]> onSend(ProducerRecord<String, byte[]> record) {
            if (pair != null && record.value() != null) {
                unconfirmed.incrementAndGet();
                sent = sent || record.topic().endsWith(".state");
            }
            return record;
        }
    }

    /** Makes one event too large for Kafka. */
    public static final class SpoilsOne extends Unchanged {
        private static final AtomicBoolean TO_DO = new AtomicBoolean();

        @Override
        public ProducerRecord<String, byte[]> onSend(ProducerRecord<String, byte[]> record) {
            return record.topic().equals(TURNS.topic()) && record.value() != null && TO_DO.getAndSet(false)
                    ? new ProducerRecord<>(record.topic(), 0, record.key(), new byte[2_000_000])
                    : record;
        }
    }

    /** Of the records that consumers were given. */
    public static final class TopicsRead extends Unchanged {
        private static final Set<String> NAMES = ConcurrentHashMap.newKeySet();

        @Override
        public ConsumerRecords<String, byte[]> onConsume(ConsumerRecords<String, byte[]> records) {
            records.forEach(record -> NAMES.add(record.topic()));
            return records;
        }
    }

    /** Sees what is written and read. */
    public static class Unchanged implements ProducerInterceptor<String, byte[]>, ConsumerInterceptor<String, byte[]> {
        @Override
        public void onAcknowledgement(RecordMetadata metadata, Exception exception) {}

        @Override
        public ProducerRecord<String, byte[]> onSend(ProducerRecord<String, byte[]> record) {
            return record;
        }

        @Override
        public ConsumerRecords<String, byte[]> onConsume(ConsumerRecords<String, byte[]> records) {
            return records;
        }

        @Override
        public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

        @Override
        public void close() {}

        @Override
        public void configure(Map<String, ?> configs) {}
    }
}
