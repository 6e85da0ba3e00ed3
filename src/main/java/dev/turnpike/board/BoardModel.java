package dev.turnpike.board;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.events.Stream;
import dev.turnpike.json.Json;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.retry.Pauses;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the public topics into memory, without a consumer group, and keeps them up to date while it is open: first the
 * recent records, then new ones.
 */
public final class BoardModel implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(BoardModel.class);
    private static final ObjectMapper JSON = Board.json();
    private static final Duration BEAT = Duration.ofMillis(200);
    private static final Duration PAUSE = Duration.ofSeconds(2);

    /** How far back each topic is read; the state of each task is in a compacted topic and read whole. */
    private static final Map<Stream, Duration> BACK = Map.of(
            Stream.ALERTS, Duration.ofDays(30),
            Stream.TASKS, Duration.ofDays(36_500),
            Stream.TURNS, Duration.ofDays(7),
            Stream.USAGE, Duration.ofHours(25));

    private static final Duration REPLIES = Duration.ofDays(1);

    private final KafkaClients clients;
    private final String prefix;
    private final Map<String, Duration> topics = new HashMap<>();
    private final BoardState state;
    private final Clock clock;
    private final Thread thread = new Thread(this::run, "board-reader");
    private volatile KafkaConsumer<String, byte[]> consumer;
    private final Pauses pauses = new Pauses();
    private volatile boolean caughtUp;
    private volatile String failure;

    private BoardModel(KafkaClients clients, String prefix, boolean replies, Clock clock) {
        this.clients = clients;
        this.prefix = prefix;
        BACK.forEach((stream, back) -> topics.put(stream.topic(prefix), back));
        if (replies) {
            topics.put(prefix + "replies", REPLIES);
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
    public static BoardModel start(KafkaClients clients, String prefix, boolean replies, Clock clock) {
        BoardModel started = new BoardModel(clients, prefix, replies, clock);
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

    /** The present state, with the latest reading of the pipeline. */
    public BoardSnapshot snapshot(Pipeline.Health health) {
        BoardState.View view = state.view();
        return new BoardSnapshot(
                clock.instant(),
                isCaughtUp(),
                view.attention(),
                view.running(),
                state.turnsAfter(0).added(),
                view.quotas(),
                view.lagSeconds(),
                state.lastEvents(),
                health);
    }

    /** As one line of JSON, the reply of {@code /api/state}. */
    public static String json(BoardSnapshot snapshot) {
        return Json.text(JSON, snapshot);
    }

    private void run() {
        Map<TopicPartition, Long> positions = new HashMap<>();
        while (!pauses.isStopped()) {
            try (KafkaConsumer<String, byte[]> reading = clients.committedReader()) {
                consumer = reading;
                read(reading, positions);
            } catch (WakeupException e) {
                log.debug("Board reader stopping");
            } catch (RuntimeException e) {
                failure = e.getMessage();
                log.warn("Failed to read topics for board, retrying topics={}* reason={}", prefix, e.toString());
                pauses.pause(PAUSE);
            }
        }
    }

    private void read(KafkaConsumer<String, byte[]> reading, Map<TopicPartition, Long> positions) {
        if (!caughtUp) {
            // alerts first: records of the other topics may end them
            String alerts = Stream.ALERTS.topic(prefix);
            catchUp(reading, List.of(alerts), positions);
            catchUp(
                    reading,
                    topics.keySet().stream()
                            .filter(topic -> !topic.equals(alerts))
                            .toList(),
                    positions);
            caughtUp = true;
        }
        List<TopicPartition> all = partitions(reading, topics.keySet());
        seek(reading, all, positions);
        while (!pauses.isStopped()) {
            poll(reading, positions);
        }
    }

    private void catchUp(
            KafkaConsumer<String, byte[]> reading, List<String> some, Map<TopicPartition, Long> positions) {
        List<TopicPartition> partitions = partitions(reading, some);
        seek(reading, partitions, positions);
        Map<TopicPartition, Long> ends = reading.endOffsets(partitions);
        while (!pauses.isStopped()
                && ends.entrySet().stream().anyMatch(end -> reading.position(end.getKey()) < end.getValue())) {
            poll(reading, positions);
        }
    }

    private void poll(KafkaConsumer<String, byte[]> reading, Map<TopicPartition, Long> positions) {
        for (ConsumerRecord<String, byte[]> record : reading.poll(BEAT)) {
            accept(record);
        }
        failure = null;
        reading.assignment().forEach(partition -> positions.put(partition, reading.position(partition)));
    }

    private void accept(ConsumerRecord<String, byte[]> record) {
        try {
            state.accept(BoardRecord.of(record, JSON));
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

    private static List<TopicPartition> partitions(KafkaConsumer<?, ?> reading, Collection<String> topics) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : topics) {
            List<PartitionInfo> found = reading.partitionsFor(topic);
            if (found.isEmpty()) {
                throw new IllegalStateException("there is no topic " + topic);
            }
            found.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
        }
        return partitions;
    }

    /** Continues where it stopped; a partition that was never read begins as far back as its topic is shown. */
    private void seek(
            KafkaConsumer<String, byte[]> reading,
            List<TopicPartition> partitions,
            Map<TopicPartition, Long> positions) {
        reading.assign(partitions);
        Map<TopicPartition, Long> times = new HashMap<>();
        Instant now = clock.instant();
        partitions.stream()
                .filter(partition -> !positions.containsKey(partition))
                .forEach(partition -> times.put(
                        partition,
                        Math.max(0, now.minus(topics.get(partition.topic())).toEpochMilli())));
        Map<TopicPartition, OffsetAndTimestamp> starts = times.isEmpty() ? Map.of() : reading.offsetsForTimes(times);
        Map<TopicPartition, Long> ends = reading.endOffsets(times.keySet());
        for (TopicPartition partition : partitions) {
            Long known = positions.get(partition);
            if (known != null) {
                reading.seek(partition, known);
            } else {
                OffsetAndTimestamp start = starts.get(partition);
                long end = ends.get(partition);
                long from = start == null ? end : start.offset();
                boolean turns = partition.topic().equals(Stream.TURNS.topic(prefix));
                reading.seek(partition, turns ? Math.max(from, end - BoardState.MOST_TURNS) : from);
            }
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
