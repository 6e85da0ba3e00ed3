package dev.turnpike.sinks.delivery;

import dev.turnpike.sinks.delivery.Receiver.Failure;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Durable state of a sink, in {@code codex.sink-state}: its start and offsets, failed records, and whether it is
 * paused, disabled or reported as failing.
 */
public final class SinkState extends KeyedTopic {
    private static final Logger log = LoggerFactory.getLogger(SinkState.class);
    private static final String FAILED = "trouble/";
    private static final String PLACE = "place/";
    private static final String START = "start";
    private static final String PAUSED = "paused";
    private static final String FAILING = "failing";
    private static final String DISABLED = "disabled";

    /** Start of a failure that was reported. */
    public record Failing(Instant since, String reason, String account) {}

    private record Since(Instant since) {}

    private record Disabled(Instant since, String reason) {}

    private record Place(long offset, String ahead) {}

    private final String sink;

    public SinkState(SinkKafkaClient kafka, String sink) {
        super(kafka, kafka.topic("sink-state"), sink + "/");
        this.sink = sink;
    }

    public Optional<Instant> start() {
        return read(START, Since.class).map(Since::since);
    }

    void startedAt(Instant since) {
        put(START, new Since(since));
    }

    Optional<OffsetAndMetadata> offset(TopicPartition partition) {
        return read(PLACE + partition, Place.class).map(place -> new OffsetAndMetadata(place.offset(), place.ahead()));
    }

    void saveOffset(TopicPartition partition, OffsetAndMetadata place) {
        put(PLACE + partition, new Place(place.offset(), place.metadata()));
    }

    FailedAttempts failedAttempts(SinkRecord.Origin origin) {
        return read(FAILED + origin, FailedAttempts.class).orElse(null);
    }

    void failed(SinkRecord.Origin origin, FailedAttempts attempts) {
        put(FAILED + origin, attempts);
    }

    /** Deletes the tries of a record that was delivered or dead-lettered. */
    void forget(SinkRecord.Origin origin) {
        remove(FAILED + origin);
    }

    /** Deletes saved attempts of delivered or dead-lettered records in this partition, which a killed process leaves. */
    void forgetDone(TopicPartition partition, LongPredicate done) {
        String prefix = FAILED + partition + "@";
        try {
            keys(prefix)
                    .map(key -> key.substring(prefix.length()))
                    .filter(offset -> offset.matches("\\d{1,18}") && done.test(Long.parseLong(offset)))
                    .forEach(offset -> remove(prefix + offset));
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            log.warn("Failed to delete saved attempts of earlier events sink={} partition={}", sink, partition, e);
        }
    }

    /** How many events have failed and wait for another try. */
    public long retrying() {
        return keys(FAILED).count();
    }

    public boolean isPaused() {
        return get(PAUSED).isPresent();
    }

    /** Pauses the sink until {@link #resume}, on every instance and across restarts. */
    public void pause(Instant now) {
        put(PAUSED, new Since(now));
    }

    public void resume() {
        remove(PAUSED);
    }

    /** What was reported last; empty while it delivers. */
    public Optional<Failing> failing() {
        return read(FAILING, Failing.class);
    }

    void reported(Failing failing) {
        put(FAILING, failing);
    }

    void recovered() {
        remove(FAILING);
    }

    /** Disables the sink until one of its consumers starts again. */
    void disabled(String reason, Instant now) {
        put(DISABLED, new Disabled(now, reason));
    }

    void enabled() {
        remove(DISABLED);
    }

    /** Why it is disabled; empty if it is not. */
    public Optional<String> disabled() {
        return read(DISABLED, Disabled.class).map(Disabled::reason);
    }

    private <T> Optional<T> read(String key, Class<T> type) {
        try {
            return get(key, type);
        } catch (IllegalArgumentException e) {
            log.warn("Ignored record of sink state that cannot be read sink={} key={}", sink, key, e);
            return Optional.empty();
        }
    }

    /**
     * Failed tries of one record, kept in {@code codex.sink-state}.
     *
     * @param tries all of them
     * @param refusals those that count against the record
     * @param first when it first failed; give-up-after counts from here
     * @param last when it last failed
     * @param reason of the last failure
     */
    public record FailedAttempts(int tries, int refusals, Instant first, Instant last, String reason) {

        /** Adds a failure; while the configuration is wrong or the receiver gone, the time to give up does not run. */
        static FailedAttempts after(FailedAttempts before, Failure failure, boolean refusal, Instant now) {
            boolean fresh =
                    before == null || failure.kind() == Failure.Kind.SETUP || failure.kind() == Failure.Kind.GONE;
            return new FailedAttempts(
                    (before == null ? 0 : before.tries()) + 1,
                    (before == null ? 0 : before.refusals()) + (refusal ? 1 : 0),
                    fresh ? now : before.first(),
                    now,
                    failure.reason());
        }
    }
}
