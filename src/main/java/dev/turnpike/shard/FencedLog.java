package dev.turnpike.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.turnpike.kafka.KafkaClients;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition of a compacted topic with one writer: the newest that opened it. Opening fences every earlier writer
 * first, aborts what Kafka may have left open of them, and reads what they committed last; in this order nothing can be
 * committed behind the reader's back. What was committed is kept in memory; after any failure it is discarded, since
 * only reading the log shows whether a commit took effect.
 *
 * <p>Not safe for use by several threads: its owner holds the lock.
 */
public class FencedLog implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FencedLog.class);

    private final KafkaClients clients;
    private final TopicPartition partition;
    private final Set<String> eventTopics;
    private final Table table;
    private KafkaProducer<String, byte[]> producer;
    private long lastOffset;
    /** Kept until their transaction is confirmed. */
    private List<ConsumerRecord<String, byte[]>> toRepublish = List.of();

    /**
     * The log in this partition, not yet opened.
     *
     * @param eventTopics all topics to which its transactions may write events
     */
    public FencedLog(KafkaClients clients, TopicPartition partition, Set<String> eventTopics, Table table) {
        this.clients = clients;
        this.partition = partition;
        this.eventTopics = Set.copyOf(eventTopics);
        this.table = table;
    }

    /** The committed records in memory; the owner itself adds those that it commits. */
    public interface Table {

        /** Discards all records. */
        void clear();

        /** Records were read back, in this order; a {@code null} value deletes the one that was read before. */
        void read(List<ConsumerRecord<String, byte[]>> records);
    }

    /** The transactional id is the partition's name, the same on every instance: that is what fences. */
    public String transactionalId() {
        return partition.topic() + "-" + partition.partition();
    }

    public boolean isOpen() {
        return producer != null;
    }

    /**
     * Fences earlier writers, then reads the partition to its end.
     *
     * @param consumed any offset of the consumer whose offsets the transactions commit, itself not committed; null
     *     where they commit none
     * @param isLost whether the partition was assigned to another instance meanwhile: reading ends then
     * @throws OwnershipLostException when it is, or a newer writer has fenced this one
     * @throws KafkaException when Kafka does not answer in time
     */
    public void open(Consumed consumed, BooleanSupplier isLost) {
        close();
        KafkaProducer<String, byte[]> opening = clients.transactionalProducer(transactionalId());
        try (LogReader reader = new LogReader(clients, partition)) {
            opening.initTransactions();
            UndecidedEvents undecided = UndecidedEvents.find(clients, eventTopics, transactionalId(), isLost);
            lastOffset = abortUndecided(opening, reader, consumed, undecided);
            String committed = reader.readThrough(lastOffset, table, isLost);
            boolean repeated = !toRepublish.isEmpty();
            // kept if one of the next steps fails: by then they may be aborted, and nothing in Kafka would find them
            toRepublish = UndecidedEvents.union(toRepublish, undecided.toRepublish(committed));
            undecided.abort(opening);
            if (repeated) {
                toRepublish = UndecidedEvents.notCommitted(clients, toRepublish, transactionalId(), isLost);
            }
            undecided.republish(opening, toRepublish);
            toRepublish = List.of();
            producer = opening;
        } catch (RuntimeException e) {
            table.clear();
            opening.close(Duration.ZERO);
            throw isFenced(e) ? new OwnershipLostException(transactionalId(), e) : e;
        }
    }

    /**
     * Aborts a transaction of an earlier writer that has ended for Kafka, but without a marker in this partition: the
     * coordinator writes none where there is no leader at that moment, as after the kill of a broker (seen with Kafka 4.4.0).
     * Its records would be hidden from this writer, and the next marker would commit them together with its own.
     *
     * @param events left alone where they are known: they may be of the transaction before, which is to be republished
     * @return the offset of a record of ours, behind everything that was written before
     */
    private long abortUndecided(
            KafkaProducer<String, byte[]> opening, LogReader reader, Consumed consumed, UndecidedEvents events) {
        // one transactional id writes here, and to Kafka none of its transactions is open: all should be decided
        long decided = reader.end();
        opening.beginTransaction();
        RecordMetadata written = OpenTransactions.touch(opening, transactionalId(), Stream.of(partition))
                .get(0);
        events.open().ifPresent(open -> open.reportHanging(written.timestamp()));
        long end = written.offset();
        if (end > decided) {
            log.warn(
                    "Aborting transaction whose markers were not written partition={} from={} to={}",
                    partition,
                    decided,
                    end - 1);
            if (events.open().isEmpty()) {
                Stream<TopicPartition> all = eventTopics.stream()
                        .flatMap(topic -> opening.partitionsFor(topic).stream())
                        .map(event -> new TopicPartition(event.topic(), event.partition()));
                OpenTransactions.touch(opening, transactionalId(), all);
            }
            if (consumed != null) {
                opening.sendOffsetsToTransaction(consumed.offsets(), consumed.group());
            }
        }
        opening.abortTransaction();
        return end;
    }

    /**
     * Returns when read_committed consumers see the last commit: nothing can undo it then. A commit that Kafka has confirmed
     * can still be aborted when the broker is killed before it has written the markers.
     *
     * @throws CommitInDoubtException when they do not within seconds; only reading the log shows whether it was committed
     */
    public void awaitVisible() {
        try (LogReader reader = new LogReader(clients, partition)) {
            reader.await(lastOffset);
        } catch (KafkaException e) {
            close();
            throw new CommitInDoubtException(transactionalId(), e);
        }
    }

    /**
     * Writes the events, the state and the offsets of a consumer in one transaction.
     *
     * @param state new records by key; a {@code null} value deletes the record
     * @param consumed null where nothing was consumed
     * @throws RecordRefusedException when Kafka permanently rejects one of the events; nothing was written
     * @throws OwnershipLostException when a newer writer has fenced this one; nothing was written
     * @throws CommitInDoubtException after any other failure; only reading the log shows what was written
     */
    void commit(List<ProducerRecord<String, byte[]>> events, Map<String, byte[]> state, Consumed consumed) {
        AtomicReference<RecordRefusedException> refused = new AtomicReference<>();
        Future<RecordMetadata> last = null;
        byte[] transaction = (transactionalId() + "@" + lastOffset).getBytes(UTF_8);
        try {
            producer.beginTransaction();
            for (int i = 0; i < events.size(); i++) {
                int place = i;
                // a send that fails makes the commit fail
                Future<RecordMetadata> unused =
                        producer.send(UndecidedEvents.named(events.get(place), transaction), (sent, failure) -> {
                            if (failure instanceof RecordTooLargeException
                                    || failure instanceof InvalidRecordException) {
                                refused.compareAndSet(null, new RecordRefusedException(place, failure));
                            }
                        });
            }
            int left = state.size();
            for (Map.Entry<String, byte[]> entry : state.entrySet()) {
                ProducerRecord<String, byte[]> written = new ProducerRecord<>(
                        partition.topic(), partition.partition(), entry.getKey(), entry.getValue());
                left--;
                last = producer.send(left == 0 ? UndecidedEvents.named(written, transaction) : written);
            }
            if (consumed != null) {
                producer.sendOffsetsToTransaction(consumed.offsets(), consumed.group());
            }
            producer.commitTransaction();
            lastOffset = last == null ? lastOffset : KafkaClients.answer(last).offset();
        } catch (RuntimeException e) {
            close();
            if (refused.get() != null) {
                throw refused.get();
            }
            throw isFenced(e)
                    ? new OwnershipLostException(transactionalId(), e)
                    : new CommitInDoubtException(transactionalId(), e);
        }
    }

    /**
     * The state of a transaction is invalid where the coordinator has aborted it for a newer writer, or for its time-out,
     * and has not yet raised the epoch further than by one.
     */
    private static boolean isFenced(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .anyMatch(cause -> cause instanceof ProducerFencedException
                        || cause instanceof InvalidProducerEpochException
                        || cause instanceof InvalidTxnStateException);
    }

    /** Drops the producer and what was read; the next open aborts an open transaction. */
    @Override
    public void close() {
        table.clear();
        if (producer != null) {
            producer.close(Duration.ZERO);
            producer = null;
        }
    }
}
