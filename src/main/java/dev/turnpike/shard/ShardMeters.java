package dev.turnpike.shard;

import dev.turnpike.events.Event;
import dev.turnpike.events.Event.Form;
import dev.turnpike.events.EventTopic;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The meters of publishing: transactions, and the events in them. */
public class ShardMeters {
    /** A turn is seen within a poll or two when all is well; the rest is for outages. */
    private static final Duration[] LAG_BUCKETS = IntStream.of(1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600)
            .mapToObj(Duration::ofSeconds)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final Clock clock;
    private final Timer detectionLag;

    public ShardMeters(MeterRegistry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        detectionLag = Timer.builder("turnpike.detection.lag")
                .description("From the best known end of a turn to its event")
                .serviceLevelObjectives(LAG_BUCKETS)
                .register(registry);
        // there from the start, or the first step of a counter would be no increase
        List.of("committed", "doubtful", "fenced", "refused").forEach(outcome -> transactions(outcome, 0));
    }

    /** The number of shards this instance owns, and how many there are for all instances together. */
    public void shards(int configured, Supplier<Number> owned) {
        Gauge.builder("turnpike.shards.owned", owned)
                .description("Shards this instance owns")
                .register(registry);
        Gauge.builder("turnpike.shards.configured", () -> configured)
                .description("Shards that the instances own together")
                .register(registry);
    }

    public void committed(List<Event> events) {
        transactions("committed", 1);
        for (Event event : events) {
            count(1, "turnpike.events", "Events published by type", "type", event.type());
            if (event.stream() == EventTopic.TURNS
                    && !event.data().path("backfill").asBoolean()) {
                Duration lag = Duration.between(event.time(), clock.instant());
                detectionLag.record(lag.isNegative() ? Duration.ZERO : lag);
            }
        }
    }

    /** A transaction did not, or may not have taken effect: {@code doubtful}, {@code fenced} or {@code refused}. */
    public void failed(String outcome) {
        transactions(outcome, 1);
    }

    /** An event that was too large for Kafka has gone out in a smaller form. */
    public void reduced(Event event, Form form) {
        count(
                1,
                "turnpike.events.reduced",
                "Events too large for Kafka, sent in a smaller form",
                "type",
                event.type(),
                "form",
                form.label());
    }

    private void transactions(String outcome, int ended) {
        count(ended, "turnpike.transactions", "Kafka transactions by outcome", "outcome", outcome);
    }

    private void count(int more, String name, String description, String... tags) {
        Counter.builder(name)
                .description(description)
                .tags(tags)
                .register(registry)
                .increment(more);
    }
}
