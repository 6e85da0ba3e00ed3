package dev.turnpike.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.turnpike.Patience;
import dev.turnpike.events.Event;
import dev.turnpike.events.EventTopic;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.KafkaProxy;
import dev.turnpike.kafka.ProxiedKafka;
import dev.turnpike.kafka.Topics;
import dev.turnpike.runtime.TurnsTopic;
import dev.turnpike.shard.CommitInDoubtException;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.Mark;
import dev.turnpike.shard.OwnershipLostException;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.Shard;
import dev.turnpike.shard.ShardMeters;
import dev.turnpike.shard.Shards;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker does what it was asked to commit, and its reply does not arrive: a publisher that has waited for it cannot
 * know whether its commit took effect, and must read before it publishes anything again.
 */
class CommitInDoubtIT {
    private static final Logger log = LoggerFactory.getLogger(CommitInDoubtIT.class);
    private static final int UNNOTICED = 3;
    /** On a slow machine a transaction may time out by itself, and what is held is the reply to its end. */
    private static final int MOST_TRIES = 30;

    @TempDir
    Path folder;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger reported = new AtomicInteger();
    private final AtomicInteger unnoticed = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();

    @Test
    void whatWasCommittedUnnoticedIsNotReportedAgain() throws Exception {
        try (ProxiedKafka kafka = ProxiedKafka.start(folder)) {
            Topics topics = new Topics("codex.", 1, 1, null);
            KafkaClients clients = new KafkaClients(kafka.proxied(), Map.of("max.block.ms", "1000"));
            try (Admin admin = clients.admin()) {
                topics.ensure(admin);
            }
            try (Shards shards = new Shards(
                    clients, topics, Mark.KINDS, CommitInDoubtIT::record, new ShardMeters(meters, Clock.systemUTC()))) {
                shards.start();
                Thread publisher = new Thread(() -> publish(shards), "publisher");
                publisher.start();
                int held = 0;
                while (unnoticed.get() < UNNOTICED && held < MOST_TRIES) {
                    holdReplyToCommit(kafka.proxy());
                    held++;
                }
                over.set(true);
                publisher.join();

                List<String> found = new TurnsTopic(kafka.brokers(), "codex.turns")
                        .records().stream().map(ConsumerRecord::key).toList();
                log.info("Doubted held={} unnoticed={} events={}", held, unnoticed, reported);
                assertThat(found)
                        .containsExactlyElementsOf(IntStream.range(0, reported.get())
                                .mapToObj(CommitInDoubtIT::id)
                                .toList());
                assertThat(unnoticed.get())
                        .as("commits that took effect unnoticed")
                        .isGreaterThanOrEqualTo(UNNOTICED);
            }
        }
    }

    /** Until the publisher no longer waits for it; then it arrives, on a connection that nobody reads any more. */
    private void holdReplyToCommit(KafkaProxy network) throws Exception {
        int before = reported.get();
        await().pollInterval(Duration.ofMillis(1)).until(() -> reported.get() > before + 5);
        double given = givenUp();
        CountDownLatch held = network.holdRepliesFrom(ApiKeys.END_TXN);
        assertThat(held.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
        await().pollInterval(Duration.ofMillis(5)).until(() -> givenUp() > given);
        network.release();
    }

    /** How often the publisher waited no longer. */
    private double givenUp() {
        return failed.get()
                + meters.get("turnpike.transactions")
                        .tag("outcome", "doubtful")
                        .counter()
                        .count();
    }

    /** Publishes one event after the other, each until it is done with, the last one too: what failed may be committed. */
    private void publish(Shards shards) {
        boolean begun = false;
        while (begun || !over.get()) {
            Shard shard = shards.of("account").orElse(null);
            if (shard == null) {
                LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
                continue;
            }
            try {
                begun = true;
                boolean known = shard.publish(List.of(once(id(reported.get())))).isEmpty();
                // nobody else publishes it: it was committed by a try that seemed to have failed
                unnoticed.addAndGet(known ? 1 : 0);
                reported.incrementAndGet();
                begun = false;
            } catch (CommitInDoubtException | OwnershipLostException | KafkaException e) {
                failed.incrementAndGet();
                log.info("Not reported yet event={} reason={}", id(reported.get()), e.toString());
            }
        }
    }

    private static String id(int number) {
        return "event" + number;
    }

    /** Publishes the event unless it is known. */
    private static Proposal once(String id) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        Event event = new Event(
                EventTopic.TURNS, id, "t", id, "account", null, Instant.EPOCH, json.objectNode(), json.objectNode());
        return known -> known.get(Mark.key(id)).isPresent()
                ? Decision.NOTHING
                : new Decision(List.of(event), Map.of(Mark.key(id), Mark.of("published")));
    }

    private static ProducerRecord<String, byte[]> record(Event event) {
        return new ProducerRecord<>(event.stream().topic("codex."), event.key(), new byte[0]);
    }
}
