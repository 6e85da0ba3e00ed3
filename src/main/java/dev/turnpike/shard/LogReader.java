package dev.turnpike.shard;

import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Offsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads what was committed to the partition of a {@link FencedLog}. */
final class LogReader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LogReader.class);
    /** Reading fails only after so long without progress: there is no limit to how much there is to read. */
    private static final Duration STANDSTILL = Duration.ofSeconds(30);

    private static final Duration REPORTED = Duration.ofSeconds(5);
    private static final Duration VISIBLE = Duration.ofSeconds(10);

    private final TopicPartition partition;
    private final Consumer<String, byte[]> reader;

    LogReader(KafkaClients clients, TopicPartition partition) {
        this(clients.committedReader(), partition);
    }

    LogReader(Consumer<String, byte[]> reader, TopicPartition partition) {
        this.partition = partition;
        this.reader = reader;
        reader.assign(List.of(partition));
    }

    /** The offset before which every transaction is decided. */
    long end() {
        return reader.endOffsets(List.of(partition)).get(partition);
    }

    /**
     * Reads from the beginning through this offset, and waits for the end of the transaction that is there.
     *
     * @return the transaction of the last record, empty where it names none
     * @throws TimeoutException when that transaction does not end
     * @throws OwnershipLostException when the partition was lost meanwhile
     */
    String readThrough(long last, FencedLog.Table table, BooleanSupplier isLost) {
        table.clear();
        reader.seekToBeginning(List.of(partition));
        AtomicReference<String> transaction = new AtomicReference<>("");
        AtomicLong reported = new AtomicLong(System.nanoTime());
        Offsets.readTo(reader, Map.of(partition, last + 1), STANDSTILL, polled -> {
            if (isLost.getAsBoolean()) {
                throw new OwnershipLostException(partition.toString(), null);
            }
            List<ConsumerRecord<String, byte[]>> records = polled.records(partition);
            table.read(records);
            if (!records.isEmpty()) {
                transaction.set(UndecidedEvents.transaction(records.get(records.size() - 1)));
            }
            if (System.nanoTime() - reported.get() > REPORTED.toNanos()) {
                reported.set(System.nanoTime());
                log.info("Reading state partition={} offset={} end={}", partition, reader.position(partition), last);
            }
        });
        return transaction.get();
    }

    /**
     * Returns when the record at this offset is visible to readers.
     *
     * @throws OffsetOutOfRangeException when the partition has lost it, as after an unclean election of a leader
     * @throws TimeoutException when it is not visible within seconds
     */
    void await(long offset) {
        reader.seek(partition, offset);
        List<Long> found = new ArrayList<>();
        Offsets.readTo(reader, Map.of(partition, offset + 1), VISIBLE, polled -> {
            polled.forEach(record -> found.add(record.offset()));
            if (!found.isEmpty() && found.get(0) < offset) {
                throw new OffsetOutOfRangeException(
                        "The record at offset " + offset + " of " + partition
                                + " was committed, but the partition ends before it",
                        Map.of(partition, offset));
            }
        });
        if (found.isEmpty()) {
            throw new TimeoutException("The record at offset " + offset + " of " + partition
                    + " was committed, but readers do not see it");
        }
    }

    /** Closes at once: nothing is to be committed, and a pending fetch, which waits for new records, would delay a shard. */
    @Override
    public void close() {
        reader.close(CloseOptions.timeout(Duration.ZERO));
    }
}
