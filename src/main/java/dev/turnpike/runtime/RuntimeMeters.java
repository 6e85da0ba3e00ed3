package dev.turnpike.runtime;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.stream.Stream;

/** The registry of all meters, with those of the process itself. */
final class RuntimeMeters implements AutoCloseable {
    private final MeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final AccountLabels labels = new AccountLabels();
    private final JvmGcMetrics collections = new JvmGcMetrics();

    /** @param accountNames whether accounts are named instead of replaced by pseudonyms */
    RuntimeMeters(boolean accountNames) {
        if (!accountNames) {
            registry.config().meterFilter(labels);
        }
        Gauge.builder("turnpike.build.info", () -> 1)
                .description("Always 1, with the version that runs")
                .tags("version", TurnpikeVersion.text())
                .register(registry);
        // by name: Camel's camel.metrics.binders reads an index of all classes of Micrometer to find the same
        Stream.of(
                        collections,
                        new JvmMemoryMetrics(),
                        new JvmThreadMetrics(),
                        new ProcessorMetrics(),
                        new UptimeMetrics())
                .forEach(meters -> meters.bindTo(registry));
    }

    MeterRegistry registry() {
        return registry;
    }

    AccountLabels labels() {
        return labels;
    }

    @Override
    public void close() {
        collections.close();
    }
}
