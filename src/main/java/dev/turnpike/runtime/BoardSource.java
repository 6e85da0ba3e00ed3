package dev.turnpike.runtime;

import dev.turnpike.board.Pipeline;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.component.kafka.KafkaEndpoint;

/**
 * Provides the board with data of this process: its meters, and the consumer groups of its routes, including those of
 * users.
 */
record BoardSource(MeterRegistry registry, AccountLabels labels, CamelContext context) implements Pipeline.Source {

    @Override
    public Map<String, Instant> lastPolls() {
        return times("turnpike.poll.last.success.timestamp.seconds", "account", labels::name);
    }

    @Override
    public Set<String> groups() {
        return context.getEndpoints().stream()
                .filter(KafkaEndpoint.class::isInstance)
                .map(endpoint -> ((KafkaEndpoint) endpoint).getConfiguration().getGroupId())
                .filter(Objects::nonNull)
                .collect(Collectors.toSet());
    }

    @Override
    public Map<String, Instant> lastDeliveries() {
        return times("turnpike.delivery.last.success.timestamp.seconds", "sink", UnaryOperator.identity());
    }

    private Map<String, Instant> times(String meter, String tag, UnaryOperator<String> name) {
        Map<String, Instant> times = new TreeMap<>();
        for (Gauge gauge : registry.find(meter).gauges()) {
            Instant at = Instant.ofEpochSecond((long) gauge.value());
            times.merge(name.apply(gauge.getId().getTag(tag)), at, (one, other) -> one.isAfter(other) ? one : other);
        }
        return times;
    }

    @Override
    public String version() {
        return TurnpikeVersion.text();
    }
}
