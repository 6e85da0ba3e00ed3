package dev.turnpike.sinks.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.MovableClock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeliveryMetersTest {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final MovableClock clock = new MovableClock(Instant.ofEpochSecond(1_795_341_600));
    private final DeliveryMeters meters = new DeliveryMeters(registry, List.of("slack-default", "webhook-ci"), clock);

    @Test
    void aSinkThatHasDoneNothingYetIsThereSoThatItsFirstDeadLetterIsAnIncrease() {
        assertThat(samples())
                .containsExactlyInAnyOrder(
                        "turnpike_deliveries_total{outcome=\"delivered\",sink=\"slack-default\"} 0.0",
                        "turnpike_deliveries_total{outcome=\"failed\",sink=\"slack-default\"} 0.0",
                        "turnpike_deliveries_total{outcome=\"dead_lettered\",sink=\"slack-default\"} 0.0",
                        "turnpike_deliveries_total{outcome=\"delivered\",sink=\"webhook-ci\"} 0.0",
                        "turnpike_deliveries_total{outcome=\"failed\",sink=\"webhook-ci\"} 0.0",
                        "turnpike_deliveries_total{outcome=\"dead_lettered\",sink=\"webhook-ci\"} 0.0");
    }

    @Test
    void countsEventsAndReportsTheLastDelivery() {
        meters.delivered("slack-default", 8);
        clock.move(Duration.ofSeconds(5));
        meters.delivered("slack-default", 1);
        clock.move(Duration.ofSeconds(5));
        meters.failed("slack-default", 3);
        meters.deadLettered("slack-default", 2);

        assertThat(samples())
                .filteredOn(sample -> sample.contains("slack-default"))
                .containsExactlyInAnyOrder(
                        "turnpike_deliveries_total{outcome=\"delivered\",sink=\"slack-default\"} 9.0",
                        "turnpike_deliveries_total{outcome=\"failed\",sink=\"slack-default\"} 3.0",
                        "turnpike_deliveries_total{outcome=\"dead_lettered\",sink=\"slack-default\"} 2.0",
                        "turnpike_delivery_last_success_timestamp_seconds{sink=\"slack-default\"} 1.795341605E9");
    }

    private List<String> samples() {
        return registry.scrape()
                .lines()
                .filter(line -> line.startsWith("turnpike_"))
                .toList();
    }
}
