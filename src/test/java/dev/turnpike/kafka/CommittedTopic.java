package dev.turnpike.kafka;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A topic as a read_committed reader finds it once the transactions that are open at the moment of the call have ended. A
 * reader that asks for the end right after {@code commitTransaction} may be given too early a one: the markers are written
 * after it returns.
 */
public record CommittedTopic(KafkaClients clients, String name) {
    /** Tests read again and again while they wait, so a cluster's consumers are kept: making them is most of the work. */
    private static final Map<KafkaClients, Queue<Consumers>> IDLE = new ConcurrentHashMap<>();

    private record Consumers(KafkaConsumer<String, byte[]> committed, KafkaConsumer<byte[], byte[]> uncommitted) {
        static Consumers of(KafkaClients clients) {
            Map<String, Object> config = new HashMap<>(clients.plain());
            config.put("isolation.level", "read_uncommitted");
            return new Consumers(
                    clients.committedReader(),
                    new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
        }
    }

    public CommittedTopic(String brokers, String name) {
        this(new KafkaClients(brokers, Map.of()), name);
    }

    /** With consumers that nobody else has meanwhile. */
    private <T> T with(Function<Consumers, T> reading) {
        Queue<Consumers> idle = IDLE.computeIfAbsent(clients, none -> new ConcurrentLinkedQueue<>());
        Consumers consumers = Optional.ofNullable(idle.poll()).orElseGet(() -> Consumers.of(clients));
        try {
            return reading.apply(consumers);
        } finally {
            idle.add(consumers);
        }
    }

    /** Every committed record, partition by partition. */
    public List<ConsumerRecord<String, byte[]>> records() {
        return with(consumers -> {
            List<TopicPartition> partitions = partitions(consumers);
            Map<TopicPartition, Long> ends = consumers.uncommitted.endOffsets(partitions);
            KafkaConsumer<String, byte[]> reader = consumers.committed;
            reader.assign(partitions);
            reader.seekToBeginning(partitions);
            Map<TopicPartition, List<ConsumerRecord<String, byte[]>>> found = new HashMap<>();
            await("open transactions of " + name + " to end before " + ends)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .pollInSameThread()
                    .until(() -> {
                        reader.poll(Duration.ofMillis(100))
                                .forEach(record -> found.computeIfAbsent(
                                                new TopicPartition(name, record.partition()), none -> new ArrayList<>())
                                        .add(record));
                        return partitions.stream()
                                .allMatch(partition -> reader.position(partition) >= ends.get(partition));
                    });
            return partitions.stream()
                    .flatMap(partition -> found.getOrDefault(partition, List.of()).stream())
                    .toList();
        });
    }

    /** How far each partition is, markers included, once no transaction is open. */
    public Map<TopicPartition, Long> ends() {
        return with(consumers -> {
            List<TopicPartition> partitions = partitions(consumers);
            return await("no transaction to be open in " + name)
                    .pollDelay(Duration.ZERO)
                    .pollInSameThread()
                    .until(
                            () -> consumers.committed.endOffsets(partitions),
                            ends -> ends.equals(consumers.uncommitted.endOffsets(partitions)));
        });
    }

    private List<TopicPartition> partitions(Consumers consumers) {
        return consumers.committed.partitionsFor(name).stream()
                .map(info -> new TopicPartition(name, info.partition()))
                .sorted((one, other) -> Integer.compare(one.partition(), other.partition()))
                .toList();
    }
}
