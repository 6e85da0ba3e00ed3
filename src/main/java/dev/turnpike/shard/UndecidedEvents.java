package dev.turnpike.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.turnpike.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersOptions;
import org.apache.kafka.clients.admin.DescribeProducersResult.PartitionProducerState;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTransactionsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of a log that Kafka has left without a marker, although the state of the same transaction has one: the
 * coordinator skips partitions that have no leader at that moment (seen with Kafka 4.4.0). They would be decided by the next
 * marker, which may abort what the state says is published. Each event names its transaction, and so does the last record of
 * the state; each partition's leader names the transactions that are open in it.
 */
final class UndecidedEvents {
    /** Names the transaction of an event: the log, and the offset of its state after which it was written. */
    static final String TRANSACTION = "turnpike_transaction";

    private static final Logger log = LoggerFactory.getLogger(UndecidedEvents.class);
    /** Of all that is asked and read to find them. */
    private static final Duration LONGEST = Duration.ofSeconds(10);
    /** Brokers let no transaction be open for longer than a quarter of an hour, unless configured to. */
    private static final Duration HANGING = Duration.ofHours(1);

    private final String writer;
    private final BooleanSupplier isLost;
    private final long deadline;
    private final Map<TopicPartition, List<ProducerState>> others = new HashMap<>();
    private final Set<TopicPartition> undecided = new HashSet<>();
    private final List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    private boolean known = true;

    UndecidedEvents(String writer, Duration longest, BooleanSupplier isLost) {
        this.writer = writer;
        this.isLost = isLost;
        this.deadline = System.nanoTime() + longest.toNanos();
    }

    /**
     * Finds them, once the writers before have been fenced.
     *
     * @param writer the transactional id
     * @param isLost whether the log is no longer wanted
     * @throws TimeoutException when not all of them could be read
     * @throws OwnershipLostException when the log was lost meanwhile
     */
    static UndecidedEvents find(KafkaClients clients, Set<String> topics, String writer, BooleanSupplier isLost) {
        UndecidedEvents found = new UndecidedEvents(writer, LONGEST, isLost);
        try {
            Map<TopicPartition, Long> open = found.open(clients, topics);
            if (!open.isEmpty()) {
                Consumer<String, byte[]> all = clients.uncommittedReader();
                try {
                    found.read(all, open);
                } finally {
                    all.close(CloseOptions.timeout(Duration.ZERO));
                }
            }
        } catch (AuthorizationException | UnsupportedVersionException e) {
            found.known = false;
            log.warn(
                    "Not allowed to read events, whether Kafka has left some undecided is not checked log={} reason={}",
                    writer,
                    e.getMessage());
        }
        return found;
    }

    /** Whether all that were there have been found. */
    boolean areKnown() {
        return known;
    }

    /** Where transactions of the writer's producer are open: only these does its next marker end. */
    private Map<TopicPartition, Long> open(KafkaClients clients, Set<String> topics) {
        Admin admin = clients.admin();
        try {
            List<TopicPartition> partitions = new ArrayList<>();
            Map<String, KafkaFuture<TopicDescription>> described = admin.describeTopics(
                            topics, new DescribeTopicsOptions().timeoutMs(millis()))
                    .topicNameValues();
            described.forEach((topic, description) -> {
                try {
                    FencedLog.result(description)
                            .partitions()
                            .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
                } catch (UnknownTopicOrPartitionException e) {
                    log.debug("Topic of events is missing topic={}", topic);
                }
            });
            Map<TopicPartition, PartitionProducerState> states = FencedLog.result(
                    admin.describeProducers(partitions, new DescribeProducersOptions().timeoutMs(millis()))
                            .all());
            if (states.values().stream()
                    .noneMatch(state -> state.activeProducers().stream().anyMatch(UndecidedEvents::isOpen))) {
                return Map.of();
            }
            long id = FencedLog.result(admin.describeTransactions(
                                    Set.of(writer), new DescribeTransactionsOptions().timeoutMs(millis()))
                            .description(writer))
                    .producerId();
            Map<TopicPartition, Long> open = new HashMap<>();
            states.forEach((partition, state) -> state.activeProducers().stream()
                    .filter(UndecidedEvents::isOpen)
                    .forEach(producer -> {
                        if (producer.producerId() == id) {
                            open.put(partition, begin(producer));
                        } else {
                            others.computeIfAbsent(partition, none -> new ArrayList<>())
                                    .add(producer);
                        }
                    }));
            return open;
        } finally {
            admin.close(Duration.ZERO);
        }
    }

    private static boolean isOpen(ProducerState producer) {
        return producer.currentTransactionStartOffset().isPresent();
    }

    private static long begin(ProducerState open) {
        return open.currentTransactionStartOffset().getAsLong();
    }

    /**
     * Logs what no marker will end, such as that of an earlier producer id of the writer.
     *
     * @param now when a record was written, in milliseconds
     */
    void reportHanging(long now) {
        others.forEach((partition, producers) -> producers.stream()
                .filter(producer -> now - producer.lastTimestamp() > HANGING.toMillis())
                .forEach(producer -> log.error(
                        "A transaction hangs, readers see nothing that is behind it: end it with kafka-transactions.sh abort"
                                + " topic={} partition={} start-offset={} producer-id={}",
                        partition.topic(),
                        partition.partition(),
                        begin(producer),
                        producer.producerId())));
    }

    /** What is left of the time. */
    private Duration left() {
        if (isLost.getAsBoolean()) {
            throw new OwnershipLostException(writer, null);
        }
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    private int millis() {
        return (int) left().toMillis();
    }

    /**
     * Reads what is behind the beginnings of open transactions, and keeps what is of ours.
     *
     * @param open where they begin
     */
    void read(Consumer<String, byte[]> all, Map<TopicPartition, Long> open) {
        Map<TopicPartition, Long> ends = all.endOffsets(open.keySet(), left());
        all.assign(open.keySet());
        open.forEach(all::seek);
        undecided.addAll(open.keySet());
        while (true) {
            Optional<TopicPartition> unread = open.keySet().stream()
                    .filter(partition -> all.position(partition, left()) < ends.get(partition))
                    .findFirst();
            if (unread.isEmpty()) {
                return;
            }
            if (left().isZero()) {
                throw new TimeoutException("Events of " + unread.get() + " could not be read to their end "
                        + ends.get(unread.get()) + " in time, only to offset " + all.position(unread.get()));
            }
            for (ConsumerRecord<String, byte[]> record : all.poll(Duration.ofMillis(100))) {
                if (transaction(record).startsWith(writer + "@")) {
                    records.add(record);
                }
            }
        }
    }

    /** The transaction that wrote a record, empty where it does not say. */
    static String transaction(ConsumerRecord<?, ?> record) {
        Header header = record.headers().lastHeader(TRANSACTION);
        return header == null ? "" : new String(header.value(), UTF_8);
    }

    /** How far the state was when a transaction began, which is more for each; negative where it does not say. */
    private static long order(String transaction) {
        return transaction.isEmpty() ? -1 : Long.parseLong(transaction.substring(transaction.lastIndexOf('@') + 1));
    }

    /**
     * Those of which the state says that they were committed. Only the last transaction since the log was opened may have
     * failed, for a log whose commit fails is opened again: those before the one that the state names were committed, too.
     *
     * @param committed the last transaction of the state, empty where it does not say
     * @throws OwnershipLostException when the log was lost meanwhile
     */
    List<ConsumerRecord<String, byte[]>> owed(String committed) {
        left();
        return records.stream()
                .filter(record -> order(transaction(record)) <= order(committed))
                .toList();
    }

    /**
     * Aborts them, and publishes once more what is owed. Until it returns that may be aborted and not yet published.
     *
     * @param producer of the writer, between two transactions
     */
    void repair(Producer<String, byte[]> producer, List<ConsumerRecord<String, byte[]>> owed) {
        if (undecided.isEmpty() && owed.isEmpty()) {
            return;
        }
        log.warn(
                "Publishing events again that Kafka has left without their marker log={} partitions={} events={}",
                writer,
                undecided,
                owed.size());
        if (!undecided.isEmpty()) {
            producer.beginTransaction();
            FencedLog.touch(producer, writer, undecided.stream());
            producer.abortTransaction();
        }
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
