package dev.turnpike.sinks.delivery;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Meters of the sinks, labelled by sink. They count events, as the topics do: a digest counts once for each event in
 * it. A try has one outcome.
 */
public class DeliveryMeters {
    private static final String DELIVERED = "delivered";
    private static final String FAILED = "failed";
    private static final String DEAD_LETTERED = "dead_lettered";

    private final MeterRegistry registry;
    private final Clock clock;
    private final Map<String, AtomicLong> lastSuccess = new ConcurrentHashMap<>();

    /**
     * @param sinks names of the configured ones: counters exist from the start, since otherwise their first increment
     *      would not count as an increase
     */
    public DeliveryMeters(MeterRegistry registry, List<String> sinks, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        for (String sink : sinks) {
            List.of(DELIVERED, FAILED, DEAD_LETTERED).forEach(outcome -> count(sink, outcome, 0));
        }
    }

    public void delivered(String sink, int events) {
        count(sink, DELIVERED, events);
        lastSuccess.computeIfAbsent(sink, this::lastSuccess).set(clock.instant().getEpochSecond());
    }

    /** Counts events that were not delivered this time and will be retried. */
    public void failed(String sink, int events) {
        count(sink, FAILED, events);
    }

    /** Counts dead-lettered events; some were never tried, since they are malformed. */
    public void deadLettered(String sink, int events) {
        count(sink, DEAD_LETTERED, events);
    }

    private AtomicLong lastSuccess(String sink) {
        AtomicLong value = new AtomicLong();
        Gauge.builder("turnpike.delivery.last.success.timestamp.seconds", value, AtomicLong::get)
                .description("When the sink last delivered something, in Unix seconds")
                .tags("sink", sink)
                .register(registry);
        return value;
    }

    private void count(String sink, String outcome, int events) {
        Counter.builder("turnpike.deliveries")
                .description("Delivery attempts of events by the sinks, by outcome")
                .tags("sink", sink, "outcome", outcome)
                .register(registry)
                .increment(events);
    }
}
