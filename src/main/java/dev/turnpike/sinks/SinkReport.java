package dev.turnpike.sinks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.events.EventData;
import dev.turnpike.kafka.Offsets;
import dev.turnpike.sinks.delivery.SinkKafkaClient;
import dev.turnpike.sinks.delivery.SinkState;
import dev.turnpike.sinks.delivery.SinkState.Failing;
import dev.turnpike.sinks.replay.Letters;
import dev.turnpike.sinks.replay.Letters.Letter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/**
 * State of one sink, read from Kafka.
 *
 * @param since when it began to fail; null in every other state
 * @param reason why it fails or is disabled; null in every other state
 * @param behind records of its topics that are not delivered; -1 where it has not started
 * @param retrying events that failed and wait for another try
 * @param deadLetters those that were not replayed
 */
public record SinkReport(
        String sink, State state, Instant since, String reason, long behind, long retrying, long deadLetters) {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    /** What a sink does now. */
    public enum State {
        DELIVERING,
        PAUSED,
        FAILING,
        DISABLED,
        NOT_STARTED
    }

    /** Reports of these sinks; throws a {@link KafkaException} when Kafka does not answer. */
    public static List<SinkReport> of(List<String> sinks, SinkKafkaClient kafka) {
        List<Letter> letters = new Letters(kafka).all();
        List<SinkReport> reports = new ArrayList<>();
        try (Admin admin = Admin.create(new HashMap<>(kafka.properties()))) {
            for (String sink : sinks) {
                try (SinkState state = new SinkState(kafka, sink)) {
                    state.refresh();
                    State now = now(state);
                    Optional<Failing> failing = state.failing().filter(failure -> now == State.FAILING);
                    Optional<String> disabled = state.disabled().filter(reason -> now == State.DISABLED);
                    reports.add(new SinkReport(
                            sink,
                            now,
                            failing.map(Failing::since).orElse(null),
                            failing.map(Failing::reason).or(() -> disabled).orElse(null),
                            Offsets.lag(admin, kafka.group(sink), PATIENCE).orElse(-1),
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

    private static State now(SinkState state) {
        if (state.isPaused()) {
            return State.PAUSED;
        }
        if (state.disabled().isPresent()) {
            return State.DISABLED;
        }
        if (state.failing().isPresent()) {
            return State.FAILING;
        }
        return state.start().isPresent() ? State.DELIVERING : State.NOT_STARTED;
    }

    /** The state for people. */
    public String line() {
        return switch (state) {
            case NOT_STARTED -> "not started yet";
            case FAILING -> "failing since " + since + ": " + reason;
            case DISABLED -> "disabled: " + reason;
            default -> word();
        };
    }

    private String word() {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /** One object, without unknown fields. */
    public ObjectNode json() {
        return EventData.empty()
                .text("sink", sink)
                .text("state", word())
                .time("since", since)
                .text("reason", reason)
                .number("lag", behind < 0 ? null : behind)
                .number("retrying", retrying)
                .number("dead_letters", deadLetters)
                .node();
    }
}
