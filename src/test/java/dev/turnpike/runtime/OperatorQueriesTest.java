package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.turnpike.MovableClock;
import dev.turnpike.events.Event;
import dev.turnpike.events.Event.Form;
import dev.turnpike.events.EventTopic;
import dev.turnpike.polling.PollKind;
import dev.turnpike.polling.PollMeters;
import dev.turnpike.shard.ShardMeters;
import dev.turnpike.sinks.delivery.DeliveryMeters;
import dev.turnpike.usage.QuotaGauges;
import dev.turnpike.usage.UsageReply.Limit;
import dev.turnpike.usage.UsageReply.Window;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the rules of Prometheus and the dashboard of Grafana against the metrics and the documents. */
class OperatorQueriesTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    @Test
    void everyQueryAsksForMetricsAndLabelsThatExist() throws IOException {
        List<String> samples = everyMeter().scrape().lines().toList();

        assertThat(OperatorQueries.asked())
                .filteredOn(asked -> asked.metric().startsWith("turnpike_"))
                .hasSizeGreaterThan(20)
                .allSatisfy(asked -> assertThat(samples).as(asked.toString()).anyMatch(asked::isIn));
    }

    @Test
    void everyMetricOfOursIsOnTheDashboardAndInTheDocument() throws IOException {
        String dashboard = String.join("\n", OperatorQueries.dashboardQueries());
        String page = Files.readString(Path.of("docs/operating.md"));

        List<String> metrics = everyMeter()
                .scrape()
                .lines()
                .filter(line -> line.startsWith("# TYPE turnpike_"))
                .map(line -> line.substring(7, line.indexOf(' ', 7)))
                .filter(name -> !name.endsWith("_max"))
                .toList();
        assertThat(metrics).hasSizeGreaterThan(15).allSatisfy(name -> {
            assertThat(dashboard).contains(name);
            assertThat(page).contains("| `" + name + "` |");
        });
    }

    @Test
    void theLagIsAHistogramThatAQuantileCanBeTakenOf() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new ShardMeters(registry, new MovableClock(NOW.plusSeconds(20))).committed(List.of(turn()));

        assertThat(registry.scrape().lines())
                .contains(
                        "turnpike_detection_lag_seconds_bucket{le=\"15.0\"} 0",
                        "turnpike_detection_lag_seconds_bucket{le=\"30.0\"} 1",
                        "turnpike_detection_lag_seconds_bucket{le=\"300.0\"} 1",
                        "turnpike_detection_lag_seconds_bucket{le=\"+Inf\"} 1");
    }

    @Test
    void everyAlertSaysWhatToDoAndIsExplainedInTheDocument() throws IOException {
        List<Map<?, ?>> rules = OperatorQueries.rules();
        List<String> explained = Pattern.compile("(?m)^\\| `(Turnpike\\w+)` \\|")
                .matcher(Files.readString(Path.of("docs/operating.md")))
                .results()
                .map(row -> row.group(1))
                .toList();
        String tested = Files.readString(Path.of("deploy/prometheus/turnpike.rules.test.yaml"));

        assertThat(rules).extracting(rule -> (Object) rule.get("alert")).containsExactlyElementsOf(explained);
        assertThat(rules).allSatisfy(rule -> {
            assertThat(((Map<?, ?>) rule.get("annotations")).keySet().stream().map(String::valueOf))
                    .containsExactly("summary", "description");
            assertThat(((Map<?, ?>) rule.get("labels")).get("severity")).isIn("critical", "warning", "info");
            assertThat(tested).as("tests of the rules").contains((String) rule.get("alert"));
        });
    }

    @Test
    void theDashboardCanBeImportedAnywhere() throws IOException {
        JsonNode dashboard = OperatorQueries.dashboard();

        assertThat(dashboard.path("uid").asText()).isEqualTo("turnpike");
        assertThat(dashboard.has("id")).as("ids are of one Grafana").isFalse();
        assertThat(dashboard.findValues("datasource"))
                .hasSizeGreaterThan(20)
                .allSatisfy(source -> assertThat(source.path("uid").asText()).isEqualTo("${datasource}"));
        List<Integer> ids = dashboard.path("panels").findValues("id").stream()
                .map(JsonNode::asInt)
                .toList();
        assertThat(ids).doesNotHaveDuplicates();
        for (JsonNode panel : dashboard.path("panels")) {
            JsonNode place = panel.path("gridPos");
            assertThat(place.path("x").asInt() + place.path("w").asInt())
                    .as(panel.path("title").asText())
                    .isLessThanOrEqualTo(24);
        }
    }

    private static Event turn() {
        return Event.ofTask(
                EventTopic.TURNS,
                "ws/one",
                "task_e_1",
                "turn.completed",
                "turn-1:completed",
                NOW,
                JsonNodeFactory.instance.objectNode());
    }

    private static PrometheusMeterRegistry everyMeter() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        MovableClock clock = new MovableClock(NOW);
        ShardMeters shards = new ShardMeters(registry, clock);
        shards.shards(8, () -> 3);
        shards.committed(List.of(turn()));
        shards.reduced(turn(), Form.METADATA);
        PollMeters polls = new PollMeters(registry, clock);
        polls.polled("ws/one", PollKind.TASKS, "ok", Duration.ofSeconds(1));
        polls.authRequired("ws/one", true);
        UpstreamMeters upstream = new UpstreamMeters(registry);
        upstream.observed("tasks/list", "ok", Duration.ofSeconds(1));
        upstream.seen("turn.status.new");
        registry.counter("turnpike.commands", "type", "task.create", "outcome", "unknown")
                .increment();
        registry.gauge("turnpike.build.info", Tags.of("version", "1"), 1);
        new DeliveryMeters(registry, List.of("webhook-ci"), clock).delivered("webhook-ci", 1);
        Window weekly = new Window("weekly", 604_800, 40, NOW);
        new QuotaGauges(registry, Duration.ofMinutes(1), clock)
                .seen("ws/one", List.of(new Limit("codex", null, null, true, List.of(weekly))));
        return registry;
    }
}
