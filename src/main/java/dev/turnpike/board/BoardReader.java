package dev.turnpike.board;

import dev.turnpike.events.EventTopic;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Offsets;
import dev.turnpike.retry.Pauses;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the public topics into memory, without a consumer group, and keeps them up to date while it is open: first the
 * recent records, then new ones.
 */
public final class BoardReader implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(BoardReader.class);
    private static final Duration BEAT = Duration.ofMillis(200);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Duration STANDSTILL = Duration.ofMinutes(1);
    /** After this long without a record Kafka is asked whether it is there: a poll does not fail while its brokers are gone. */
    private static final Duration SILENCE = Duration.ofSeconds(15);

    private static final Duration ANSWER = Duration.ofSeconds(10);

    private final KafkaClients clients;
    private final String prefix;
    /** How far back each topic is read. */
    private final Map<String, Duration> topics = new LinkedHashMap<>();

    private final BoardState state;
    private final Clock clock;
    private final Thread thread = new Thread(this::run, "board-reader");
    /** Kept over failures, since it knows where to continue; null until it is first created. */
    private volatile KafkaConsumer<String, byte[]> consumer;

    private final Pauses pauses = new Pauses();
    private volatile boolean caughtUp;
    private volatile String failure;

    private BoardReader(KafkaClients clients, String prefix, boolean replies, Clock clock) {
        this.clients = clients;
        this.prefix = prefix;
        topics.put(EventTopic.ALERTS.topic(prefix), Duration.ofDays(30));
        topics.put(EventTopic.TASKS.topic(prefix), Duration.ofDays(36_500)); // compacted, and read whole
        topics.put(EventTopic.TURNS.topic(prefix), Duration.ofDays(7));
        topics.put(EventTopic.USAGE.topic(prefix), Duration.ofHours(25));
        if (replies) {
            topics.put(prefix + "replies", Duration.ofDays(1));
        }
        this.state = new BoardState(clock);
        this.clock = clock;
        thread.setDaemon(true);
    }

    /**
     * Starts reading in the background.
     *
     * @param replies whether the replies to commands are read too
     */
    public static BoardReader start(KafkaClients clients, String prefix, boolean replies, Clock clock) {
        BoardReader started = new BoardReader(clients, prefix, replies, clock);
        started.thread.start();
        return started;
    }

    BoardState state() {
        return state;
    }

    /** Whether everything that was in the topics at the start has been read. */
    public boolean isCaughtUp() {
        return caughtUp;
    }

    /** Why the topics cannot be read at the moment; null while they can. */
    public String failure() {
        return failure;
    }

    /** Grows with every record. */
    public long changes() {
        return state.changes();
    }

    public BoardSnapshot snapshot(Pipeline.Health health) {
        return state.snapshot(isCaughtUp(), health);
    }

    private void run() {
        try {
            while (!pauses.isStopped()) {
                readUntilFailure();
            }
        } finally {
            if (consumer != null) {
                consumer.close();
            }
        }
    }

    private void readUntilFailure() {
        try {
            if (consumer == null) {
                consumer = clients.committedReader();
            }
            read(consumer);
        } catch (WakeupException e) {
            log.debug("Board reader stopping");
        } catch (RuntimeException e) {
            // of a client that cannot be created only the cause names the reason
            failure = consumer == null ? KafkaClients.describe(e) : e.getMessage();
            log.warn("Failed to read topics for board, retrying topics={}* reason={}", prefix, e.toString());
            pauses.pause(PAUSE);
        }
    }

    /** Continues where it stopped; a partition that was never read begins as far back as its topic is shown. */
    private void read(KafkaConsumer<String, byte[]> reading) {
        List<TopicPartition> partitions = Offsets.partitions(reading, topics.keySet());
        Map<TopicPartition, Long> ends = ends(reading, partitions);
        List<TopicPartition> unread = new ArrayList<>(partitions);
        unread.removeAll(reading.assignment());
        Instant now = clock.instant();
        Map<TopicPartition, Long> starts =
                Offsets.since(reading, unread, partition -> now.minus(topics.get(partition.topic())));
        reading.assign(partitions);
        String turns = EventTopic.TURNS.topic(prefix);
        starts.forEach((partition, start) -> reading.seek(
                partition,
                partition.topic().equals(turns)
                        ? Math.max(start, ends.get(partition) - BoardState.MOST_TURNS)
                        : start));
        // alerts first: records of the other topics may end them
        Map<TopicPartition, Long> alerts = new HashMap<>(ends);
        alerts.keySet().removeIf(partition -> !partition.topic().equals(EventTopic.ALERTS.topic(prefix)));
        partitions.removeAll(alerts.keySet());
        reading.pause(partitions);
        Offsets.readTo(reading, alerts, STANDSTILL, this::accept);
        reading.resume(partitions);
        Offsets.readTo(reading, ends, STANDSTILL, this::accept);
        caughtUp = true;
        failure = null;
        Instant heard = clock.instant();
        while (!pauses.isStopped()) {
            ConsumerRecords<String, byte[]> polled = reading.poll(BEAT);
            accept(polled);
            if (!polled.isEmpty()) {
                heard = clock.instant();
            } else if (heard.plus(SILENCE).isBefore(clock.instant())) {
                ends(reading, ends.keySet());
                heard = clock.instant();
            }
        }
    }

    /** @throws TimeoutException when Kafka does not answer */
    private static Map<TopicPartition, Long> ends(
            KafkaConsumer<String, byte[]> reading, Collection<TopicPartition> partitions) {
        try {
            return reading.endOffsets(partitions, ANSWER);
        } catch (TimeoutException e) {
            throw new TimeoutException(
                    "Kafka has not answered for " + ANSWER.toSeconds() + " s; check that its brokers are up", e);
        }
    }

    /** @throws WakeupException when the reader was closed, even before there was a consumer to wake up */
    private void accept(ConsumerRecords<String, byte[]> polled) {
        if (pauses.isStopped()) {
            throw new WakeupException();
        }
        polled.forEach(this::accept);
        if (!polled.isEmpty()) {
            failure = null;
        }
    }

    private void accept(ConsumerRecord<String, byte[]> record) {
        try {
            state.accept(BoardRecord.of(record));
        } catch (IOException | RuntimeException e) {
            // one bad record must not stop the page
            log.warn(
                    "Skipped unreadable record on board topic={} partition={} offset={} reason={}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e.toString());
        }
    }

    @Override
    public void close() {
        pauses.stop();
        KafkaConsumer<String, byte[]> reading = consumer;
        if (reading != null) {
            reading.wakeup();
        }
        try {
            thread.join(Duration.ofSeconds(5).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
