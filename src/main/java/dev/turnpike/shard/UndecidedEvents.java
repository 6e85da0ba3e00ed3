package dev.turnpike.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Offsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events of a transaction whose state was committed but whose own marker is missing: the coordinator skips partitions that
 * have no leader at that moment (seen with Kafka 4.4.0). The producer's next marker would decide them, and could abort
 * events that the state records as published. Each event names its transaction, and so does the last record of the state.
 *
 * @param writer the log's transactional id
 * @param open empty where this user is not authorized to read them
 * @param records of the writer's open transactions
 */
record UndecidedEvents(String writer, Optional<OpenTransactions> open, List<ConsumerRecord<String, byte[]>> records) {
    private static final Logger log = LoggerFactory.getLogger(UndecidedEvents.class);
    /** Names the transaction of an event: the log, and the offset of its state after which it was written. */
    private static final String TRANSACTION = "turnpike_transaction";
    /** Without any of them, while they are read. */
    private static final Duration STANDSTILL = Duration.ofSeconds(10);

    /**
     * Finds them, once earlier writers have been fenced.
     *
     * @param isLost whether the log is no longer wanted
     * @throws org.apache.kafka.common.errors.TimeoutException when not all of them could be read
     * @throws OwnershipLostException when the log was lost meanwhile
     */
    static UndecidedEvents find(KafkaClients clients, Set<String> topics, String writer, BooleanSupplier isLost) {
        try {
            OpenTransactions open = OpenTransactions.find(clients, topics, writer);
            List<ConsumerRecord<String, byte[]>> records = List.of();
            if (!open.begins().isEmpty()) {
                Consumer<String, byte[]> all = clients.uncommittedReader();
                try {
                    records = read(all, open.begins(), writer, STANDSTILL, isLost);
                } finally {
                    all.close(CloseOptions.timeout(Duration.ZERO));
                }
            }
            return new UndecidedEvents(writer, Optional.of(open), records);
        } catch (AuthorizationException | UnsupportedVersionException e) {
            log.warn(
                    "Not authorized to read event topics, skipping check for undecided events log={} reason={}",
                    writer,
                    e.getMessage());
            return new UndecidedEvents(writer, Optional.empty(), List.of());
        }
    }

    /** Reads from the start offsets of open transactions, and returns the records of the writer. */
    static List<ConsumerRecord<String, byte[]>> read(
            Consumer<String, byte[]> all,
            Map<TopicPartition, Long> begins,
            String writer,
            Duration standstill,
            BooleanSupplier isLost) {
        return read(all, begins, all.endOffsets(begins.keySet()), writer, standstill, isLost);
    }

    private static List<ConsumerRecord<String, byte[]>> read(
            Consumer<String, byte[]> reader,
            Map<TopicPartition, Long> begins,
            Map<TopicPartition, Long> ends,
            String writer,
            Duration standstill,
            BooleanSupplier isLost) {
        List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
        reader.assign(begins.keySet());
        begins.forEach(reader::seek);
        Offsets.readTo(reader, ends, standstill, polled -> {
            if (isLost.getAsBoolean()) {
                throw new OwnershipLostException(writer, null);
            }
            for (ConsumerRecord<String, byte[]> record : polled) {
                if (transaction(record).startsWith(writer + "@")) {
                    records.add(record);
                }
            }
        });
        return records;
    }

    /** A copy of a record that names its transaction; the original may be sent again in another one. */
    static ProducerRecord<String, byte[]> named(ProducerRecord<String, byte[]> record, byte[] transaction) {
        ProducerRecord<String, byte[]> named = new ProducerRecord<>(
                record.topic(), record.partition(), record.timestamp(), record.key(), record.value(), record.headers());
        named.headers().remove(TRANSACTION).add(TRANSACTION, transaction);
        return named;
    }

    /** The transaction that wrote a record, empty where it names none. */
    static String transaction(ConsumerRecord<?, ?> record) {
        Header header = record.headers().lastHeader(TRANSACTION);
        return header == null ? "" : new String(header.value(), UTF_8);
    }

    /** The offset of the state when a transaction began, which increases with each; negative where it names none. */
    private static long order(String transaction) {
        return transaction.isEmpty() ? -1 : Long.parseLong(transaction.substring(transaction.lastIndexOf('@') + 1));
    }

    /**
     * Those that were committed according to the state. Only the last transaction since the log was opened may have
     * failed, for a log whose commit fails is opened again: those before the one that the state names were committed, too.
     *
     * @param committed the last transaction of the state, empty where it names none
     */
    List<ConsumerRecord<String, byte[]>> toRepublish(String committed) {
        return records.stream()
                .filter(record -> order(transaction(record)) <= order(committed))
                .toList();
    }

    /** Those of a republication that failed, and what was found since: copies of them are no others. */
    static List<ConsumerRecord<String, byte[]>> union(
            List<ConsumerRecord<String, byte[]>> kept, List<ConsumerRecord<String, byte[]>> found) {
        List<ConsumerRecord<String, byte[]>> union = new ArrayList<>(kept);
        found.stream()
                .filter(event -> kept.stream().noneMatch(known -> isCopy(event, known)))
                .forEach(union::add);
        return union;
    }

    /**
     * Those of a republication that failed which read_committed consumers do not have: its commit may have taken effect. While
     * a transaction of another producer hides whether they do, this fails.
     *
     * @param events as they were first written, and aborted since
     * @param writer the transactional id, which has no transaction open
     * @throws org.apache.kafka.common.errors.TimeoutException when not all that was written could be read
     */
    static List<ConsumerRecord<String, byte[]>> notCommitted(
            KafkaClients clients, List<ConsumerRecord<String, byte[]>> events, String writer, BooleanSupplier isLost) {
        Map<TopicPartition, Long> begins = new HashMap<>();
        events.forEach(
                event -> begins.merge(new TopicPartition(event.topic(), event.partition()), event.offset(), Math::min));
        Consumer<String, byte[]> all = clients.uncommittedReader();
        Consumer<String, byte[]> committed = clients.committedReader();
        try {
            // its own end offsets are those before the first open transaction
            Map<TopicPartition, Long> ends = all.endOffsets(begins.keySet());
            List<ConsumerRecord<String, byte[]>> copies = read(committed, begins, ends, writer, STANDSTILL, isLost);
            return events.stream()
                    .filter(event -> copies.stream().noneMatch(copy -> isCopy(copy, event)))
                    .toList();
        } finally {
            all.close(CloseOptions.timeout(Duration.ZERO));
            committed.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    /** Their headers name the event and its transaction. */
    private static boolean isCopy(ConsumerRecord<String, byte[]> copy, ConsumerRecord<String, byte[]> event) {
        return copy.topic().equals(event.topic())
                && copy.partition() == event.partition()
                && Objects.equals(copy.key(), event.key())
                && copy.headers().equals(event.headers());
    }

    /**
     * Aborts them. Those that were committed are to be republished then.
     *
     * @param producer of the writer, between two transactions
     */
    void abort(Producer<String, byte[]> producer) {
        Set<TopicPartition> undecided =
                open.isEmpty() ? Set.of() : open.get().begins().keySet();
        if (!undecided.isEmpty()) {
            log.warn("Aborting events whose transaction marker is missing log={} partitions={}", writer, undecided);
            producer.beginTransaction();
            OpenTransactions.touch(producer, writer, undecided.stream());
            producer.abortTransaction();
        }
    }

    /** Writes events once more, as they were, in a transaction of their own. */
    void republish(Producer<String, byte[]> producer, List<ConsumerRecord<String, byte[]>> toRepublish) {
        if (toRepublish.isEmpty()) {
            return;
        }
        log.warn(
                "Republishing events whose transaction marker is missing log={} events={}", writer, toRepublish.size());
        producer.beginTransaction();
        toRepublish.forEach(event -> {
            // a send that fails makes the commit fail
            Future<RecordMetadata> unused = producer.send(new ProducerRecord<>(
                    event.topic(), event.partition(), event.timestamp(), event.key(), event.value(), event.headers()));
        });
        producer.commitTransaction();
    }
}
