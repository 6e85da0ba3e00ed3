package dev.turnpike.shard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.events.Event;
import dev.turnpike.events.EventRecords;
import dev.turnpike.events.EventTopic;
import dev.turnpike.kafka.EmbeddedKafka;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What exactly once costs, measured side by side in one run: {@code mvn -Pbenchmark verify -DskipITs
 * -Dtest=ShardBenchmark}. It prints figures and judges none.
 */
@Tag("benchmark")
class ShardBenchmark {
    private static final int TURNS = 2000;
    private static final int ROUNDS = 3;

    @TempDir
    Path directory;

    @Test
    void transactionsOfDifferentSizesAndTheTimeOfATakeover() {
        try (EmbeddedKafka kafka = EmbeddedKafka.start(directory, 0)) {
            KafkaClients clients = new KafkaClients(kafka.brokers(), Map.of());
            Topics topics = new Topics("bench.", 8, 1, null);
            try (Admin admin = clients.admin()) {
                topics.ensure(admin);
            }
            Shard shard = shard(clients, topics);
            publish(shard, "warm-up", 20);
            System.out.printf(
                    Locale.ROOT, "%-28s %12s %14s%n", "turns in one transaction", "turns/s", "ms/transaction");
            for (int round = 1; round <= ROUNDS; round++) {
                for (int size : new int[] {1, 20, 200}) {
                    double seconds = publish(shard, "round" + round + "size" + size, size);
                    System.out.printf(
                            Locale.ROOT, "%-28d %12.0f %14.2f%n", size, TURNS / seconds, seconds * 1000 * size / TURNS);
                }
            }
            Shard next = shard(clients, topics);
            long start = System.nanoTime();
            long records =
                    next.<Integer>read(known -> known.active(Mark.KIND, "acc").size());
            System.out.printf(Locale.ROOT, "takeover: fence and read %d records in %d ms%n", records, millis(start));
            assertThat(records).isEqualTo(TURNS * (1L + 3 * ROUNDS));
        }
    }

    private static double publish(Shard shard, String name, int size) {
        long start = System.nanoTime();
        List<Proposal> batch = new ArrayList<>();
        for (int i = 0; i < TURNS; i++) {
            batch.add(turn(name + "-" + i));
            if (batch.size() == size) {
                shard.publish(batch);
                batch.clear();
            }
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private static long millis(long start) {
        return (System.nanoTime() - start) / 1_000_000;
    }

    /** An event of 4 KiB and a state record, which is about what a turn is. */
    private static Proposal turn(String id) {
        ObjectNode data =
                JsonNodeFactory.instance.objectNode().put("turn_id", id).put("summary", "x".repeat(4096));
        Event event = Event.ofTask(EventTopic.TURNS, "account", id, "turn.completed", id, Instant.EPOCH, data);
        Mark state = Mark.of("x".repeat(250));
        return known -> known.get(Mark.key(id)).isPresent()
                ? Decision.NOTHING
                : new Decision(List.of(event), Map.of(Mark.key(id), state));
    }

    private static Shard shard(KafkaClients clients, Topics topics) {
        return new Shard(
                clients,
                new TopicPartition(topics.state(), 0),
                Set.of(topics.named("turns")),
                Mark.KINDS,
                new EventRecords(topics.prefix())::of,
                new ShardMeters(new SimpleMeterRegistry(), Clock.systemUTC()));
    }
}
