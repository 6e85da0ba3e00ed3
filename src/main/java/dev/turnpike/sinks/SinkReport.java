package dev.turnpike.sinks;

import dev.turnpike.sinks.delivery.SinkKafkaClient;
import dev.turnpike.sinks.delivery.SinkState;
import dev.turnpike.sinks.replay.Letters;
import dev.turnpike.sinks.replay.Letters.Letter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * State of one sink, read from Kafka.
 *
 * @param state delivering, paused, failing, disabled, or not started yet
 * @param behind records of its topics that are not delivered; -1 where it has not started
 * @param retrying events that failed and wait for another try
 * @param deadLetters those that were not replayed
 */
public record SinkReport(String sink, String state, long behind, long retrying, long deadLetters) {

    /** Reports of these sinks; throws a {@link KafkaException} when Kafka does not answer. */
    public static List<SinkReport> of(List<String> sinks, SinkKafkaClient kafka) {
        List<Letter> letters = new Letters(kafka).all();
        List<SinkReport> reports = new ArrayList<>();
        try (Admin admin = Admin.create(new HashMap<>(kafka.properties()))) {
            for (String sink : sinks) {
                try (SinkState state = new SinkState(kafka, sink)) {
                    state.refresh();
                    reports.add(new SinkReport(
                            sink,
                            word(state),
                            behind(admin, kafka.group(sink)),
                            state.retrying(),
                            letters.stream()
                                    .filter(letter -> letter.sink().equals(sink) && letter.replayed() == null)
                                    .count()));
                }
            }
        } catch (ExecutionException e) {
            throw new KafkaException("Failed to read the state of the sinks from Kafka", e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
        return reports;
    }

    private static String word(SinkState state) {
        if (state.isPaused()) {
            return "paused";
        }
        Optional<String> disabled = state.disabled();
        if (disabled.isPresent()) {
            return "disabled: " + disabled.get();
        }
        return state.failing()
                .map(failing -> "failing since " + failing.since() + ": " + failing.reason())
                .orElse(state.start().isPresent() ? "delivering" : "not started yet");
    }

    private static long behind(Admin admin, String group) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>(admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get());
        committed.values().removeIf(offset -> offset == null);
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        committed.keySet().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
        var ends = admin.listOffsets(latest).all().get();
        return committed.isEmpty()
                ? -1
                : committed.entrySet().stream()
                        .mapToLong(entry -> Math.max(
                                0,
                                ends.get(entry.getKey()).offset()
                                        - entry.getValue().offset()))
                        .sum();
    }
}
