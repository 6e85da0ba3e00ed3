package dev.turnpike.usage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.MovableClock;
import dev.turnpike.usage.UsageReply.Limit;
import dev.turnpike.usage.UsageReply.Window;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuotaGaugesTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_795_341_600);
    private static final Instant RESET = NOW.plusSeconds(60);
    private static final Window FIVE_HOUR = new Window("five_hour", 18_000, 42.5, RESET);
    private static final Window WEEKLY = new Window("weekly", 604_800, 100, null);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final MovableClock clock = new MovableClock(NOW);
    private final QuotaGauges gauges = new QuotaGauges(registry, Duration.ofMinutes(1), clock);

    @Test
    void showsEachWindowOfEachLimitAsARatioAndEachLimitThatIsReached() {
        gauges.seen("ws/one", List.of(limit("codex", true, FIVE_HOUR, WEEKLY), limit("spark", false, WEEKLY)));

        assertThat(samples())
                .containsExactlyInAnyOrder(
                        "turnpike_quota_used_ratio{account=\"ws/one\",limit=\"codex\",window=\"five_hour\"} 0.425",
                        "turnpike_quota_used_ratio{account=\"ws/one\",limit=\"codex\",window=\"weekly\"} 1.0",
                        "turnpike_quota_used_ratio{account=\"ws/one\",limit=\"spark\",window=\"weekly\"} 1.0",
                        "turnpike_quota_reset_timestamp_seconds{account=\"ws/one\",limit=\"codex\",window=\"five_hour\"}"
                                + " 1.79534166E9",
                        "turnpike_quota_limit_reached{account=\"ws/one\",limit=\"codex\"} 1.0",
                        "turnpike_quota_limit_reached{account=\"ws/one\",limit=\"spark\"} 0.0");
    }

    @Test
    void whatUpstreamShowsNoMoreIsGoneWithTheNextLookAndWhatComesBackIsBack() {
        gauges.seen("ws/one", List.of(limit("codex", true, FIVE_HOUR, WEEKLY), limit("spark", false, WEEKLY)));
        gauges.seen("ws/two", List.of(limit("codex", null, WEEKLY)));

        gauges.seen("ws/one", List.of(limit("codex", null, new Window("weekly", 604_800, 3, null))));
        assertThat(samples())
                .containsExactlyInAnyOrder(
                        "turnpike_quota_used_ratio{account=\"ws/one\",limit=\"codex\",window=\"weekly\"} 0.03",
                        "turnpike_quota_used_ratio{account=\"ws/two\",limit=\"codex\",window=\"weekly\"} 1.0");

        gauges.seen("ws/one", List.of());
        assertThat(samples()).singleElement().asString().contains("ws/two");

        gauges.seen("ws/one", List.of(limit("codex", false, FIVE_HOUR)));
        assertThat(samples())
                .contains(
                        "turnpike_quota_used_ratio{account=\"ws/one\",limit=\"codex\",window=\"five_hour\"} 0.425",
                        "turnpike_quota_limit_reached{account=\"ws/one\",limit=\"codex\"} 0.0");
    }

    @Test
    void anAccountThatNobodyLooksAtHasNoNumbersAfterTenMinutes() {
        gauges.seen("ws/one", List.of(limit("codex", true, FIVE_HOUR)));
        clock.move(Duration.ofMinutes(10));
        gauges.seen("ws/two", List.of(limit("codex", true, FIVE_HOUR)));
        assertThat(samples()).hasSize(6).noneMatch(sample -> sample.endsWith(" NaN"));

        clock.move(Duration.ofSeconds(1));
        assertThat(samples())
                .filteredOn(sample -> sample.contains("ws/one"))
                .hasSize(3)
                .allMatch(sample -> sample.endsWith(" NaN"));
        assertThat(samples())
                .filteredOn(sample -> sample.contains("ws/two"))
                .hasSize(3)
                .noneMatch(sample -> sample.endsWith(" NaN"));

        gauges.seen("ws/one", List.of(limit("codex", true, FIVE_HOUR)));
        assertThat(samples()).hasSize(6).noneMatch(sample -> sample.endsWith(" NaN"));
    }

    @Test
    void rarerLooksAreGoodForLonger() {
        QuotaGauges hourly = new QuotaGauges(registry, Duration.ofHours(1), clock);
        hourly.seen("ws/one", List.of(limit("codex", true, FIVE_HOUR)));

        clock.move(Duration.ofHours(3));
        assertThat(samples()).hasSize(3).noneMatch(sample -> sample.endsWith(" NaN"));
        clock.move(Duration.ofSeconds(1));
        assertThat(samples()).allMatch(sample -> sample.endsWith(" NaN"));
    }

    private static Limit limit(String id, Boolean reached, Window... windows) {
        return new Limit(id, null, null, reached, List.of(windows));
    }

    private List<String> samples() {
        return registry.scrape()
                .lines()
                .filter(line -> line.startsWith("turnpike_"))
                .toList();
    }
}
