package dev.turnpike.sinks.delivery;

import dev.turnpike.kafka.Offsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Offsets of a sink in the partitions that are assigned to it. It starts at the group's committed offset; else, since
 * these expire after a week, at the one saved in the sink's state; else, for a new sink or a new partition, at its
 * start-from.
 */
final class SinkOffsets {
    private static final Logger log = LoggerFactory.getLogger(SinkOffsets.class);

    private static final Duration SAVE_INTERVAL = Duration.ofMinutes(1);

    private final String sink;
    private final Instant startFrom;
    private final SinkState state;
    private final SinkKafkaClient kafka;
    private final Clock clock;
    private final Map<TopicPartition, Progress> progress = new HashMap<>();
    private final Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
    /** Those whose committed offset may not be saved; of the others, another instance may have saved a later one. */
    private final Set<TopicPartition> unsaved = new HashSet<>();

    private Instant lastSaved = Instant.MIN;

    SinkOffsets(String sink, Instant startFrom, SinkState state, SinkKafkaClient kafka, Clock clock) {
        this.sink = sink;
        this.startFrom = startFrom;
        this.state = state;
        this.kafka = kafka;
        this.clock = clock;
    }

    /** The partitions that are assigned. */
    Set<TopicPartition> partitions() {
        return Set.copyOf(progress.keySet());
    }

    Progress progress(TopicPartition partition) {
        return progress.get(partition);
    }

    /** Seeks the start offsets of these partitions, which are committed when this returns. */
    void assign(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> places = new HashMap<>();
        Set<TopicPartition> fresh = new HashSet<>();
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        consumer.committed(new HashSet<>(partitions))
                .forEach((partition, last) -> Optional.ofNullable(last)
                        .or(() -> state.offset(partition))
                        .ifPresentOrElse(
                                place -> places.put(partition, existing(partition, place, beginnings.get(partition))),
                                () -> fresh.add(partition)));
        if (!fresh.isEmpty()) {
            begin(consumer, fresh, beginnings).forEach((partition, offset) -> {
                places.put(partition, new OffsetAndMetadata(offset));
                state.saveOffset(partition, places.get(partition));
            });
        }
        consumer.commitSync(places);
        committed(places);
        places.forEach((partition, place) -> {
            Progress reached = new Progress(place);
            progress.put(partition, reached);
            state.forgetDone(partition, reached::isDone);
            consumer.seek(partition, place.offset());
        });
    }

    /** Commits what was reached in these partitions. */
    void commit(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> due = new HashMap<>();
        progress.forEach((partition, reached) -> due.put(partition, reached.reached()));
        due.keySet().retainAll(partitions);
        due.entrySet().removeAll(committed.entrySet());
        if (due.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(due);
            committed(due);
        } catch (CommitFailedException | RetriableException e) {
            // the next poll joins the group again, or the next commit gets through
            log.warn("Failed to commit offsets sink={} reason=\"{}\"", sink, e.getMessage());
        }
    }

    private void committed(Map<TopicPartition, OffsetAndMetadata> places) {
        committed.putAll(places);
        unsaved.addAll(places.keySet());
    }

    void forget(Collection<TopicPartition> partitions) {
        progress.keySet().removeAll(partitions);
        unsaved.removeAll(partitions);
        committed.keySet().removeAll(partitions);
    }

    /** Saves committed offsets, in case the group's expire; those that Kafka rejects are saved the next time. */
    void save() {
        try {
            for (TopicPartition partition : List.copyOf(unsaved)) {
                OffsetAndMetadata place = committed.get(partition);
                if (!state.offset(partition).equals(Optional.of(place))) {
                    state.saveOffset(partition, place);
                }
                unsaved.remove(partition);
            }
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            log.warn("Failed to save offsets to sink state, the committed group offsets are kept sink={}", sink, e);
        }
    }

    /** The same, once a minute. */
    void saveEachMinute() {
        if (lastSaved.plus(SAVE_INTERVAL).isBefore(clock.instant())) {
            save();
            lastSaved = clock.instant();
        }
    }

    private OffsetAndMetadata existing(TopicPartition partition, OffsetAndMetadata place, long beginning) {
        if (place.offset() >= beginning) {
            return place;
        }
        log.error(
                "Records were deleted before this sink had read them sink={} partition={} from={} to={}",
                sink,
                partition,
                place.offset(),
                beginning);
        return new OffsetAndMetadata(beginning);
    }

    private Map<TopicPartition, Long> begin(
            Consumer<?, ?> consumer, Set<TopicPartition> fresh, Map<TopicPartition, Long> beginnings) {
        Optional<Instant> started = state.start();
        boolean now = started.isEmpty() && startFrom == null;
        Map<TopicPartition, Long> places = now
                ? new HashMap<>(consumer.endOffsets(fresh))
                : Offsets.since(consumer, fresh, partition -> started.orElse(startFrom));
        if (started.isEmpty()) {
            state.startedAt(now ? clock.instant() : startFrom);
        }
        // replays are always read from the beginning
        places.replaceAll((partition, place) ->
                partition.topic().equals(kafka.topic("redeliveries")) ? beginnings.get(partition) : place);
        log.info(
                "Sink starts reading partitions sink={} start={} offsets={}",
                sink,
                startFrom == null ? "now" : startFrom.equals(Instant.EPOCH) ? "beginning" : startFrom,
                places);
        return places;
    }
}
