package dev.turnpike.sinks;

import dev.turnpike.sinks.delivery.DeliveryMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What sinks reported of their deliveries, added up. */
public final class CountedDeliveries extends DeliveryMeters {

    /** Events by what became of their tries. */
    public record Count(int delivered, int failed, int deadLettered) {
        private Count plus(Count other) {
            return new Count(delivered + other.delivered, failed + other.failed, deadLettered + other.deadLettered);
        }
    }

    private final Map<String, Count> counts = new ConcurrentHashMap<>();

    public CountedDeliveries() {
        super(new SimpleMeterRegistry(), List.of(), Clock.systemUTC());
    }

    /** So far; a sink is behind its receiver by a moment. */
    public Count of(String sink) {
        return counts.getOrDefault(sink, new Count(0, 0, 0));
    }

    @Override
    public void delivered(String sink, int events) {
        counts.merge(sink, new Count(events, 0, 0), Count::plus);
    }

    @Override
    public void failed(String sink, int events) {
        counts.merge(sink, new Count(0, events, 0), Count::plus);
    }

    @Override
    public void deadLettered(String sink, int events) {
        counts.merge(sink, new Count(0, 0, events), Count::plus);
    }
}
