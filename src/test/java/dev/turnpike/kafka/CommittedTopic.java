package dev.turnpike.kafka;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * A topic as a read_committed reader finds it once the transactions that are open at the moment of the call have ended. A
 * reader that asks for the end right after {@code commitTransaction} may be given too early a one: the markers are written
 * after it returns.
 */
public record CommittedTopic(KafkaClients clients, String name) {
    public CommittedTopic(String brokers, String name) {
        this(new KafkaClients(brokers, Map.of()), name);
    }

    /** Every committed record, partition by partition. */
    public List<ConsumerRecord<String, byte[]>> records() {
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<String, byte[]> reader = clients.committedReader()) {
            List<TopicPartition> partitions = partitions(reader);
            Map<TopicPartition, Long> ends = uncommittedEnds(partitions);
            reader.assign(partitions);
            reader.seekToBeginning(partitions);
            await("open transactions of " + name + " to end before " + ends)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .pollInSameThread()
                    .until(() -> {
                        reader.poll(Duration.ofMillis(100)).forEach(records::add);
                        return partitions.stream()
                                .allMatch(partition -> reader.position(partition) >= ends.get(partition));
                    });
        }
        return records;
    }

    /** How far each partition is, markers included, once no transaction is open. */
    public Map<TopicPartition, Long> ends() {
        try (KafkaConsumer<String, byte[]> reader = clients.committedReader()) {
            List<TopicPartition> partitions = partitions(reader);
            return await("no transaction to be open in " + name)
                    .pollDelay(Duration.ZERO)
                    .until(() -> reader.endOffsets(partitions), ends -> ends.equals(uncommittedEnds(partitions)));
        }
    }

    private List<TopicPartition> partitions(KafkaConsumer<String, byte[]> reader) {
        return reader.partitionsFor(name).stream()
                .map(info -> new TopicPartition(name, info.partition()))
                .toList();
    }

    private Map<TopicPartition, Long> uncommittedEnds(List<TopicPartition> partitions) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        try (Admin admin = clients.admin()) {
            ListOffsetsResult found = admin.listOffsets(
                    partitions.stream().collect(Collectors.toMap(Function.identity(), each -> OffsetSpec.latest())),
                    new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED));
            for (TopicPartition partition : partitions) {
                ends.put(partition, found.partitionResult(partition).get().offset());
            }
        } catch (ExecutionException e) {
            throw new AssertionError("no ends of " + partitions, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        return ends;
    }
}
