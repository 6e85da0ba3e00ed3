package dev.turnpike.runtime;

import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.call.CallObserver;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The meters of requests to Codex and of what it sends that is unknown, of which only so many names are kept as labels. */
final class UpstreamMeters implements CallObserver, DriftObserver {
    private static final Logger log = LoggerFactory.getLogger(UpstreamMeters.class);
    private static final int MOST_DRIFT_NAMES = 100;

    private final MeterRegistry registry;
    private final Set<String> driftNames = ConcurrentHashMap.newKeySet();

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
        boolean first = driftNames.size() < MOST_DRIFT_NAMES && driftNames.add(name);
        if (first) {
            log.warn("Unknown element in upstream reply name={}", name);
        }
        Counter.builder("turnpike.upstream.drift")
                .description("Things upstream sent that this version does not know")
                .tags("name", driftNames.contains(name) ? name : "others")
                .register(registry)
                .increment();
    }
}
