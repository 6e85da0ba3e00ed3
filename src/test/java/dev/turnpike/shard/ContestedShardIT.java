package dev.turnpike.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.turnpike.events.Event;
import dev.turnpike.events.EventTopic;
import dev.turnpike.kafka.CommittedTopic;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.kafka.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Several want to publish the same events at the same time: through one shard, or each as its owner. */
@ExtendWith(SharedKafka.class)
class ContestedShardIT {
    private static final int TAKEOVERS = 10;
    private static final int THREADS = 3;

    private static KafkaClients clients;

    private final AtomicInteger committed = new AtomicInteger();
    private final Topics one = new Topics("one.", 1, 1, null);
    private final Topics many = new Topics("many.", 1, 1, null);

    @BeforeAll
    static void findBroker(SharedKafka.Brokers brokers) {
        clients = brokers.clients();
    }

    @Test
    void ownersThatTakeTheShardOverInTheMiddleOfTheWorkPublishEveryEventOnce() throws Exception {
        create(many);
        List<Future<Integer>> owners = new ArrayList<>();
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            for (int takeover = 0; takeover < TAKEOVERS; takeover++) {
                Shard shard = owner();
                owners.add(threads.submit(() -> publishUntilFenced(shard)));
                awaitMore(10);
            }
            // one whose commit was in doubt opens the shard once more and fences the newest
            await().until(() -> owner().isOwned() && owners.stream().allMatch(Future::isDone));
            Shard last = owner();
            int reported = 0;
            for (Future<Integer> owner : owners) {
                reported = Math.max(reported, owner.get());
            }
            ids(reported).forEach(id -> last.publish(List.of(once(id))));

            assertThat(reported).isGreaterThan(TAKEOVERS);
            assertThat(published(many)).containsExactlyInAnyOrderElementsOf(ids(reported));
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void threadsThatShareAShardPublishEveryEventOnce() throws Exception {
        int events = 200;
        create(one);
        Shard shard = shard(one);
        Callable<Integer> publisher = () -> {
            ids(events).forEach(id -> shard.publish(List.of(once(id))));
            return events;
        };

        runTogether(publisher);

        assertThat(published(one)).containsExactlyInAnyOrderElementsOf(ids(events));
    }

    /** One that has taken the shard over; an owner before it whose commit was in doubt may have fenced it once more. */
    private Shard owner() {
        while (true) {
            Shard shard = shard(many);
            try {
                shard.read(known -> known.get(Mark.key("event0")));
                return shard;
            } catch (OwnershipLostException e) {
                assertThat(shard.isOwned()).isFalse();
            }
        }
    }

    /** Publishes all events from the first one on; returns how many it has tried. */
    private int publishUntilFenced(Shard shard) {
        for (int number = 0; ; number++) {
            try {
                committed.addAndGet(
                        shard.publish(List.of(once("event" + number))).size());
            } catch (OwnershipLostException | CommitInDoubtException e) {
                return number + 1;
            }
        }
    }

    private void awaitMore(int events) {
        int before = committed.get();
        await().pollInterval(Duration.ofMillis(3)).until(() -> committed.get() > before + events);
    }

    private static void runTogether(Callable<Integer> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            for (Future<Integer> done : threads.invokeAll(Collections.nCopies(THREADS, work))) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void create(Topics topics) {
        try (Admin admin = clients.admin()) {
            topics.ensure(admin);
        }
    }

    private Shard shard(Topics topics) {
        return new Shard(
                clients,
                new TopicPartition(topics.state(), 0),
                Set.of(topics.named("turns")),
                Mark.KINDS,
                event -> new ProducerRecord<>(
                        event.stream().topic(topics.prefix()),
                        event.key(),
                        event.data().toString().getBytes(StandardCharsets.UTF_8)),
                new ShardMeters(new SimpleMeterRegistry(), Clock.systemUTC()));
    }

    private static List<String> ids(int events) {
        return IntStream.range(0, events).mapToObj(number -> "event" + number).toList();
    }

    /** Publishes the event unless it is known. */
    private static Proposal once(String id) {
        return known -> known.get(Mark.key(id)).isPresent()
                ? Decision.NOTHING
                : new Decision(
                        List.of(new Event(
                                EventTopic.TURNS,
                                id,
                                "t",
                                id,
                                "acc",
                                null,
                                Instant.EPOCH,
                                JsonNodeFactory.instance.objectNode(),
                                JsonNodeFactory.instance.objectNode())),
                        Map.of(Mark.key(id), Mark.of(id)));
    }

    private static List<String> published(Topics topics) {
        return new CommittedTopic(clients, topics.named("turns"))
                .records().stream().map(ConsumerRecord::key).toList();
    }
}
