package dev.turnpike.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.turnpike.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of a log's last transaction that Kafka has left without a marker, although the state of the same transaction has
 * one: the coordinator skips partitions that have no leader at that moment (seen with Kafka 4.4.0). They would be decided by
 * the next marker, which may abort what the state says is published. Each event names its transaction, and the last record of
 * the state names the one that was committed last.
 */
final class UndecidedEvents {
    /** Names the transaction of an event: the log, and the offset of its state after which it was written. */
    static final String TRANSACTION = "turnpike_transaction";

    private static final Logger log = LoggerFactory.getLogger(UndecidedEvents.class);
    /** Transactions of other writers end within this time, or are not waited for. */
    private static final Duration OTHERS = Duration.ofSeconds(10);

    private final String writer;
    private final Set<TopicPartition> undecided = new HashSet<>();
    private final List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();

    private UndecidedEvents(String writer) {
        this.writer = writer;
    }

    /**
     * Finds them, once the writers before have been fenced.
     *
     * @param decided a consumer that reads committed records only
     * @param writer the transactional id
     */
    static UndecidedEvents find(
            KafkaClients clients, Consumer<String, byte[]> decided, Set<String> topics, String writer) {
        UndecidedEvents found = new UndecidedEvents(writer);
        try (Consumer<String, byte[]> all = clients.uncommittedReader()) {
            List<TopicPartition> partitions = topics.stream()
                    .flatMap(topic -> all.partitionsFor(topic).stream())
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            long begun = System.nanoTime();
            boolean isClear = false;
            while (!isClear && System.nanoTime() - begun < OTHERS.toNanos()) {
                isClear = found.read(all, decided.endOffsets(partitions), all.endOffsets(partitions));
            }
            if (!isClear) {
                log.warn(
                        "Records of another writer stay undecided, events behind them were not checked log={}", writer);
            }
            all.close(CloseOptions.timeout(Duration.ZERO));
        } catch (AuthorizationException e) {
            log.warn(
                    "Not allowed to read events, whether Kafka has left some undecided is not checked log={} reason={}",
                    writer,
                    e.getMessage());
        }
        return found;
    }

    /** Returns whether every partition could be judged: the first undecided record of each is ours, or none is. */
    private boolean read(
            Consumer<String, byte[]> all, Map<TopicPartition, Long> decided, Map<TopicPartition, Long> ends) {
        boolean isClear = true;
        for (Map.Entry<TopicPartition, Long> from : decided.entrySet()) {
            TopicPartition partition = from.getKey();
            if (from.getValue() < ends.get(partition) && !undecided.contains(partition)) {
                List<ConsumerRecord<String, byte[]>> behind =
                        behind(all, partition, from.getValue(), ends.get(partition));
                List<ConsumerRecord<String, byte[]>> ours = behind.stream()
                        .filter(record -> transaction(record).startsWith(writer + "@"))
                        .toList();
                if (!ours.isEmpty() && ours.get(0) == behind.get(0)) {
                    undecided.add(partition);
                    records.addAll(ours);
                } else {
                    isClear &= ours.isEmpty();
                }
            }
        }
        return isClear;
    }

    private static List<ConsumerRecord<String, byte[]>> behind(
            Consumer<String, byte[]> all, TopicPartition partition, long from, long end) {
        all.assign(List.of(partition));
        all.seek(partition, from);
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        long begun = System.nanoTime();
        while (all.position(partition) < end && System.nanoTime() - begun < OTHERS.toNanos()) {
            records.addAll(all.poll(Duration.ofMillis(100)).records(partition));
        }
        return records;
    }

    /** The transaction that wrote a record, empty where it does not say. */
    static String transaction(ConsumerRecord<?, ?> record) {
        Header header = record.headers().lastHeader(TRANSACTION);
        return header == null ? "" : new String(header.value(), UTF_8);
    }

    /**
     * Aborts them, and writes those once more of which the state says that they were committed. Only a second kill between these
     * two transactions can lose one.
     *
     * @param producer of the writer, between two transactions
     * @param committed the last transaction of the state
     */
    void repair(KafkaProducer<String, byte[]> producer, String committed) {
        if (undecided.isEmpty()) {
            return;
        }
        List<ConsumerRecord<String, byte[]>> owed = records.stream()
                .filter(record -> transaction(record).equals(committed))
                .toList();
        log.warn(
                "Publishing events again that Kafka has left without their marker log={} partitions={} events={}",
                writer,
                undecided,
                owed.size());
        producer.beginTransaction();
        FencedLog.touch(producer, undecided.stream());
        producer.abortTransaction();
        if (!owed.isEmpty()) {
            producer.beginTransaction();
            owed.forEach(event -> {
                // a send that fails makes the commit fail
                Future<RecordMetadata> unused = producer.send(new ProducerRecord<>(
                        event.topic(),
                        event.partition(),
                        event.timestamp(),
                        event.key(),
                        event.value(),
                        event.headers()));
            });
            producer.commitTransaction();
        }
    }
}
