package dev.turnpike.sinks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.events.EventData;
import dev.turnpike.kafka.Offsets;
import dev.turnpike.sinks.delivery.SinkKafkaClient;
import dev.turnpike.sinks.delivery.SinkState;
import dev.turnpike.sinks.delivery.SinkState.Failing;
import dev.turnpike.sinks.replay.Letters;
import dev.turnpike.sinks.replay.Letters.Letter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/**
 * State of one sink, read from Kafka.
 *
 * @param since when it began to fail; null in every other state
 * @param reason why it fails or is disabled; null in every other state
 * @param lag records of its topics that are not delivered; -1 if it has not started
 * @param retrying events that failed and wait for another try
 * @param deadLetters those that were not replayed
 */
public record SinkReport(
        String sink, State state, Instant since, String reason, long lag, long retrying, long deadLetters) {
    private static final int TIMEOUT_MS = 60_000;

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
        try (Admin admin = kafka.clients().admin()) {
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
                            Offsets.lag(admin, kafka.group(sink), TIMEOUT_MS).orElse(-1),
                            state.retrying(),
                            letters.stream()
                                    .filter(letter -> letter.sink().equals(sink) && letter.replayed() == null)
                                    .count()));
                }
            }
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
            default -> label();
        };
    }

    private String label() {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /** One object, without unknown fields. */
    public ObjectNode json() {
        return EventData.empty()
                .text("sink", sink)
                .text("state", label())
                .time("since", since)
                .text("reason", reason)
                .number("lag", lag < 0 ? null : lag)
                .number("retrying", retrying)
                .number("dead_letters", deadLetters)
                .node();
    }
}
