package dev.turnpike.shard;

import dev.turnpike.kafka.KafkaClients;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
    /** Reading back ends with an error only after so long without progress: how much there is to read is no matter. */
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
     * Reads from the beginning to behind this offset, waiting for the end of the transaction that is there.
     *
     * @return the transaction of the last record, empty where it does not say
     * @throws TimeoutException when that transaction does not end
     * @throws OwnershipLostException when the partition was lost meanwhile
     */
    String readThrough(long last, FencedLog.Table table, BooleanSupplier isLost) {
        String transaction = "";
        table.clear();
        reader.seekToBeginning(List.of(partition));
        long position = reader.position(partition);
        long moved = System.nanoTime();
        long reported = moved;
        while (position <= last) {
            if (isLost.getAsBoolean()) {
                throw new OwnershipLostException(partition.toString(), null);
            }
            List<ConsumerRecord<String, byte[]>> records =
                    reader.poll(Duration.ofMillis(200)).records(partition);
            table.read(records);
            transaction =
                    records.isEmpty() ? transaction : UndecidedEvents.transaction(records.get(records.size() - 1));
            long now = System.nanoTime();
            if (reader.position(partition) > position) {
                position = reader.position(partition);
                moved = now;
            } else if (now - moved > STANDSTILL.toNanos()) {
                throw new TimeoutException("State partition " + partition + " could not be read to its end " + last
                        + ": no record after offset " + position + " for " + STANDSTILL);
            }
            if (now - reported > REPORTED.toNanos()) {
                reported = now;
                log.info("Reading state partition={} offset={} end={}", partition, position, last);
            }
        }
        return transaction;
    }

    /**
     * Returns when the record at this offset is visible to readers.
     *
     * @throws OffsetOutOfRangeException when the partition has lost it, as after an unclean election of a leader
     * @throws TimeoutException when it is not visible within seconds
     */
    void await(long offset) {
        reader.seek(partition, offset);
        long begun = System.nanoTime();
        while (true) {
            for (ConsumerRecord<String, byte[]> record : reader.poll(Duration.ofMillis(100))) {
                if (record.offset() < offset) {
                    throw new OffsetOutOfRangeException(
                            "The record at offset " + offset + " of " + partition
                                    + " was committed, but the partition ends before it",
                            Map.of(partition, offset));
                }
                return;
            }
            if (System.nanoTime() - begun > VISIBLE.toNanos()) {
                throw new TimeoutException("The record at offset " + offset + " of " + partition
                        + " was committed, but is not visible after " + VISIBLE);
            }
        }
    }

    /** At once: there is nothing to commit, and a fetch in hand, which waits for records yet to come, would hold a shard up. */
    @Override
    public void close() {
        reader.close(CloseOptions.timeout(Duration.ZERO));
    }
}
