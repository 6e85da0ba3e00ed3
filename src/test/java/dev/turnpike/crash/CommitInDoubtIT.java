package dev.turnpike.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.turnpike.events.Event;
import dev.turnpike.events.Stream;
import dev.turnpike.kafka.KafkaClients;
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
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The broker stops answering while commits are on their way, and does what was asked once it wakes up: a publisher that
 * has waited without a reply cannot know whether its commit took effect, and must read before it publishes anything again.
 */
class CommitInDoubtIT {
    private static final Logger log = LoggerFactory.getLogger(CommitInDoubtIT.class);
    /** About one in ten meets a commit on its way. */
    private static final int MOST_SUSPENSIONS = 80;

    @TempDir
    Path folder;

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger reported = new AtomicInteger();
    private final AtomicInteger unnoticed = new AtomicInteger();

    @Test
    void whatWasCommittedUnnoticedIsNotReportedAgain() throws Exception {
        try (BrokerProcess broker = new BrokerProcess(folder)) {
            broker.start();
            Topics topics = new Topics("codex.", 1, 1, null);
            KafkaClients clients = new KafkaClients(broker.brokers(), Map.of("max.block.ms", "500"));
            try (Admin admin = clients.admin()) {
                topics.ensure(admin);
            }
            try (Shards shards = new Shards(
                    clients,
                    topics,
                    Mark.KINDS,
                    CommitInDoubtIT::record,
                    new ShardMeters(new SimpleMeterRegistry(), Clock.systemUTC()))) {
                shards.start();
                Thread publisher = new Thread(() -> publish(shards), "publisher");
                publisher.start();
                int suspensions = suspendAgainAndAgain(broker);
                over.set(true);
                publisher.join();

                List<String> found = new TurnsTopic(broker.brokers(), "codex.turns")
                        .records().stream().map(ConsumerRecord::key).toList();
                log.info("Doubted suspensions={} unnoticed={} events={}", suspensions, unnoticed, reported);
                assertThat(found)
                        .containsExactlyElementsOf(IntStream.range(0, reported.get())
                                .mapToObj(CommitInDoubtIT::id)
                                .toList());
                assertThat(unnoticed.get())
                        .as("commits that took effect unnoticed")
                        .isPositive();
            }
        }
    }

    private int suspendAgainAndAgain(BrokerProcess broker) throws Exception {
        Random random = new Random();
        int suspensions = 0;
        while (unnoticed.get() == 0 && suspensions < MOST_SUSPENSIONS) {
            int before = reported.get();
            await().pollInterval(Duration.ofMillis(1 + random.nextInt(10))).until(() -> reported.get() > before + 5);
            broker.suspend();
            // longer than the publisher waits for the outcome, shorter than it then waits to begin anew
            await().pollDelay(Duration.ofMillis(510 + random.nextInt(60))).until(() -> true);
            broker.resume();
            suspensions++;
        }
        return suspensions;
    }

    /** Publishes one event after the other, each until it is done with. */
    private void publish(Shards shards) {
        boolean first = true;
        while (!over.get()) {
            Shard shard = shards.of("account").orElse(null);
            if (shard == null) {
                Thread.onSpinWait();
                continue;
            }
            try {
                boolean known = shard.publish(List.of(once(id(reported.get())))).isEmpty();
                // nobody else publishes it: it was committed by a try that seemed to have failed
                unnoticed.addAndGet(known && first ? 1 : 0);
                reported.incrementAndGet();
                first = true;
            } catch (CommitInDoubtException | OwnershipLostException | KafkaException e) {
                log.info("Not reported yet event={} reason={}", id(reported.get()), e.toString());
                first = false;
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
                Stream.TURNS, id, "t", id, "account", null, Instant.EPOCH, json.objectNode(), json.objectNode());
        return known -> known.get(Mark.key(id)).isPresent()
                ? Decision.NOTHING
                : new Decision(List.of(event), Map.of(Mark.key(id), Mark.of("published")));
    }

    private static ProducerRecord<String, byte[]> record(Event event) {
        return new ProducerRecord<>(event.stream().topic("codex."), event.key(), new byte[0]);
    }
}
