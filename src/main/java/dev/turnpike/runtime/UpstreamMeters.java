package dev.turnpike.runtime;

import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.call.CallObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Meters of requests to Codex and of unknown elements in its replies. The number of names kept, for labels and alerts,
 * is bounded.
 */
final class UpstreamMeters implements CallObserver, DriftObserver {
    private static final Logger log = LoggerFactory.getLogger(UpstreamMeters.class);
    private static final int MOST_NAMES = 200;

    private final MeterRegistry registry;
    private final SortedSet<String> names = new ConcurrentSkipListSet<>();

    UpstreamMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void observed(String endpoint, String outcome, Duration duration) {
        Timer.builder("turnpike.upstream.requests")
                .description("HTTP requests to Codex by endpoint and outcome")
                .tags("endpoint", endpoint, "outcome", outcome)
                .register(registry)
                .record(duration);
    }

    @Override
    public void seen(String name) {
        boolean first = names.size() < MOST_NAMES && names.add(name);
        if (first) {
            log.warn("Unknown element in upstream reply name={}", name);
        }
        Counter.builder("turnpike.upstream.drift")
                .description("Unknown elements in upstream's replies")
                .tags("name", names.contains(name) ? name : "others")
                .register(registry)
                .increment();
    }

    /** The unknown names so far, in order. */
    SortedSet<String> names() {
        return new TreeSet<>(names);
    }
}
