package dev.turnpike.sinks.delivery;

import dev.turnpike.kafka.Offsets;
import dev.turnpike.sinks.delivery.SinkOptions.StartFrom;
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
    private final StartFrom startFrom;
    private final SinkState state;
    private final SinkKafkaClient kafka;
    private final Clock clock;
    private final Map<TopicPartition, OffsetAndMetadata> noted = new HashMap<>();
    private Instant lastNoted = Instant.MIN;

    Places(String sink, StartFrom startFrom, SinkState state, SinkKafkaClient kafka, Clock clock) {
        this.sink = sink;
        this.startFrom = startFrom;
        this.state = state;
        this.kafka = kafka;
        this.clock = clock;
    }

    /** Start offsets of these partitions, which are committed when this returns. */
    Map<TopicPartition, OffsetAndMetadata> of(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> places = new HashMap<>();
        consumer.committed(new HashSet<>(partitions)).forEach((partition, committed) -> {
            Optional.ofNullable(committed)
                    .or(() -> state.place(partition))
                    .ifPresent(place -> places.put(partition, place));
        });
        Set<TopicPartition> fresh = new HashSet<>(partitions);
        fresh.removeAll(places.keySet());
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        places.replaceAll((partition, place) -> existing(partition, place, beginnings.get(partition)));
        if (!fresh.isEmpty()) {
            begin(consumer, fresh, beginnings).forEach((partition, offset) -> {
                places.put(partition, new OffsetAndMetadata(offset));
                state.reached(partition, new OffsetAndMetadata(offset));
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
        Map<TopicPartition, Long> places;
        if (started.isEmpty() && startFrom.isNow()) {
            places = new HashMap<>(consumer.endOffsets(fresh));
            state.startedAt(clock.instant());
        } else {
            Instant since = started.orElseGet(startFrom::time);
            places = Offsets.since(consumer, fresh, partition -> since);
            if (started.isEmpty()) {
                state.startedAt(since);
            }
        }
        // replays are always read from the beginning
        places.replaceAll((partition, place) ->
                partition.topic().equals(kafka.redeliveries()) ? beginnings.get(partition) : place);
        log.info("Sink starts reading partitions sink={} start={} offsets={}", sink, startFrom, places);
        return places;
    }
}
