package dev.turnpike.sinks.delivery;

import dev.turnpike.kafka.Offsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Start offsets of a sink's partitions: the group's committed offset; else, since these expire after a week, the one
 * saved in the sink's state; else, for a new sink or a new partition, its start-from.
 */
final class Places {
    private static final Logger log = LoggerFactory.getLogger(Places.class);

    private static final Duration BETWEEN_NOTES = Duration.ofMinutes(1);

    private final String sink;
    private final Instant startFrom;
    private final SinkState state;
    private final SinkKafkaClient kafka;
    private final Clock clock;
    private final Map<TopicPartition, OffsetAndMetadata> noted = new HashMap<>();
    private Instant lastNoted = Instant.MIN;

    Places(String sink, Instant startFrom, SinkState state, SinkKafkaClient kafka, Clock clock) {
        this.sink = sink;
        this.startFrom = startFrom;
        this.state = state;
        this.kafka = kafka;
        this.clock = clock;
    }

    /** Start offsets of these partitions, which are committed when this returns. */
    Map<TopicPartition, OffsetAndMetadata> of(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> places = new HashMap<>();
        Set<TopicPartition> fresh = new HashSet<>();
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        consumer.committed(new HashSet<>(partitions))
                .forEach((partition, committed) -> Optional.ofNullable(committed)
                        .or(() -> state.place(partition))
                        .ifPresentOrElse(
                                place -> places.put(partition, existing(partition, place, beginnings.get(partition))),
                                () -> fresh.add(partition)));
        if (!fresh.isEmpty()) {
            begin(consumer, fresh, beginnings).forEach((partition, offset) -> {
                places.put(partition, new OffsetAndMetadata(offset));
                state.reached(partition, places.get(partition));
            });
        }
        consumer.commitSync(places);
        noted.putAll(places);
        return places;
    }

    /** Saves committed offsets, in case the group's expire; those that Kafka rejects are saved the next time. */
    void note(Map<TopicPartition, OffsetAndMetadata> committed) {
        try {
            committed.forEach((partition, place) -> {
                if (!place.equals(noted.get(partition))) {
                    state.reached(partition, place);
                    noted.put(partition, place);
                }
            });
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            log.warn("Failed to save offsets, the group's own are committed sink={}", sink, e);
        }
    }

    /** The same, once a minute. */
    void savePeriodically(Map<TopicPartition, OffsetAndMetadata> committed) {
        if (lastNoted.plus(BETWEEN_NOTES).isBefore(clock.instant())) {
            note(committed);
            lastNoted = clock.instant();
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
                startFrom == null ? "now" : startFrom,
                places);
        return places;
    }
}
