package dev.turnpike.polling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.MovableClock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PollMetersTest {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final PollMeters meters = new PollMeters(registry, new MovableClock(Instant.parse("2026-11-22T10:00:00Z")));

    private List<String> samplesOf(String account) {
        return registry.scrape()
                .lines()
                .filter(line -> line.contains("account=\"" + account + "\""))
                .map(line -> line.replaceFirst("\\{.*} ", " "))
                .toList();
    }

    @Test
    void anAccountThatWasReplacedAlarmsNobodyAnyMore() {
        for (String account : List.of("ws/alice", "ws/bob")) {
            meters.polled(account, PollKind.TASKS, "ok", Duration.ofSeconds(1));
            meters.authRequired(account, true);
        }
        assertThat(samplesOf("ws/alice")).hasSize(2).contains("turnpike_auth_required 1.0");

        meters.replaced("ws/alice");
        assertThat(samplesOf("ws/alice")).isEmpty();
        assertThat(samplesOf("ws/bob")).hasSize(2);
        meters.authRequired("ws/alice", false);
        assertThat(samplesOf("ws/alice")).containsExactly("turnpike_auth_required 0.0");
    }

    @Test
    void theTimeOfTheLastSuccessHasNoEndIn2038() {
        Instant late = Instant.parse("2040-01-01T00:00:00Z");
        new PollMeters(registry, new MovableClock(late)).polled("ws/late", PollKind.USAGE, "ok", Duration.ofSeconds(1));

        assertThat(registry.get("turnpike.poll.last.success.timestamp.seconds")
                        .tag("account", "ws/late")
                        .gauge()
                        .value())
                .isEqualTo(late.getEpochSecond());
    }
}
