package dev.turnpike.shard;

import dev.turnpike.kafka.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition of a compacted topic with one writer: the newest that opened it. Opening fences every earlier writer
 * first and reads what they committed second; in this order nothing can be committed behind the reader's back. What was
 * committed is kept in memory; after any failure it is forgotten, since whether a commit took effect can only be read.
 *
 * <p>Not safe for use by several threads: its owner holds the lock.
 */
public final class FencedLog implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FencedLog.class);
    /** Reading back ends with an error only after so long without a record: how much there is to read is no matter. */
    private static final Duration STANDSTILL = Duration.ofSeconds(30);

    private static final Duration REPORTED = Duration.ofSeconds(5);

    private final KafkaClients clients;
    private final TopicPartition partition;
    private final Table table;
    private KafkaProducer<String, byte[]> producer;

    /** The log in this partition, not yet opened. */
    public FencedLog(KafkaClients clients, TopicPartition partition, Table table) {
        this.clients = clients;
        this.partition = partition;
        this.table = table;
    }

    /** What the owner keeps in memory of the committed records; it adds itself what it commits. */
    public interface Table {

        /** Nothing is known any more. */
        void clear();

        /** A record was read back; a {@code null} value deletes the one that was read before. */
        void read(ConsumerRecord<String, byte[]> record);
    }

    /** The transactional id is the partition's name, the same on every instance: that is what fences. */
    public String transactionalId() {
        return partition.topic() + "-" + partition.partition();
    }

    public boolean isOpen() {
        return producer != null;
    }

    /**
     * Fences the writer before us, then reads the partition to its end.
     *
     * @throws KafkaException when Kafka does not answer in time
     */
    public void open() {
        forget();
        KafkaProducer<String, byte[]> opening = clients.transactionalProducer(transactionalId());
        try {
            opening.initTransactions();
            readBack();
            producer = opening;
        } catch (RuntimeException e) {
            table.clear();
            opening.close(Duration.ZERO);
            throw e;
        }
    }

    private void readBack() {
        table.clear();
        try (KafkaConsumer<String, byte[]> reader = clients.committedReader()) {
            reader.assign(List.of(partition));
            reader.seekToBeginning(List.of(partition));
            // one transactional id writes here, and it has no open transaction now: the last stable offset is the end
            long end = reader.endOffsets(List.of(partition)).get(partition);
            long position = reader.position(partition);
            long moved = System.nanoTime();
            long reported = moved;
            while (position < end) {
                for (ConsumerRecord<String, byte[]> record : reader.poll(Duration.ofMillis(200))) {
                    table.read(record);
                }
                long now = System.nanoTime();
                if (reader.position(partition) > position) {
                    position = reader.position(partition);
                    moved = now;
                } else if (now - moved > STANDSTILL.toNanos()) {
                    throw new TimeoutException("State partition " + partition + " could not be read to its end " + end
                            + ": no record after offset " + position + " for " + STANDSTILL);
                }
                if (now - reported > REPORTED.toNanos()) {
                    reported = now;
                    log.info("Reading state partition={} offset={} end={}", partition, position, end);
                }
            }
        }
    }

    /** As {@link #commit(List, Map, Consumed)}, for what was not read from Kafka. */
    public void commit(List<ProducerRecord<String, byte[]>> events, Map<String, byte[]> state) {
        commit(events, state, null);
    }

    /**
     * Writes the events, the state and how far a consumer has come in one transaction.
     *
     * @param state new records by key; a {@code null} value deletes the record
     * @param consumed null where nothing was consumed
     * @throws RecordRefusedException when Kafka refuses one of the events for good; nothing was written
     * @throws OwnershipLostException when a newer writer has fenced this one; nothing was written
     * @throws CommitInDoubtException after anything else; what was written can only be read
     */
    public void commit(List<ProducerRecord<String, byte[]>> events, Map<String, byte[]> state, Consumed consumed) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        try {
            producer.beginTransaction();
            for (ProducerRecord<String, byte[]> event : events) {
                sent.add(producer.send(event));
            }
            for (Map.Entry<String, byte[]> entry : state.entrySet()) {
                ProducerRecord<String, byte[]> known = new ProducerRecord<>(
                        partition.topic(), partition.partition(), entry.getKey(), entry.getValue());
                sent.add(producer.send(known));
            }
            if (consumed != null) {
                producer.sendOffsetsToTransaction(consumed.offsets(), consumed.group());
            }
            producer.commitTransaction();
        } catch (RuntimeException e) {
            forget();
            throw classified(e, sent.subList(0, Math.min(sent.size(), events.size())));
        }
    }

    private RuntimeException classified(RuntimeException e, List<Future<RecordMetadata>> sent) {
        for (int i = 0; i < sent.size(); i++) {
            Throwable refusal = refusal(sent.get(i));
            if (refusal != null) {
                return new RecordRefusedException(i, refusal);
            }
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProducerFencedException || cause instanceof InvalidProducerEpochException) {
                return new OwnershipLostException(transactionalId(), e);
            }
        }
        return new CommitInDoubtException(transactionalId(), e);
    }

    private static Throwable refusal(Future<RecordMetadata> sent) {
        if (!sent.isDone()) {
            return null;
        }
        try {
            sent.get();
            return null;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            return cause instanceof RecordTooLargeException || cause instanceof InvalidRecordException ? cause : null;
        } catch (CancellationException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** Drops the producer and what was read; an open transaction is aborted by whoever opens next. */
    public void forget() {
        table.clear();
        if (producer != null) {
            producer.close(Duration.ZERO);
            producer = null;
        }
    }

    @Override
    public void close() {
        forget();
    }
}
