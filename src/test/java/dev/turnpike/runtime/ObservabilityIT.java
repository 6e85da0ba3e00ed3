package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.faults.Fault;
import dev.turnpike.sandbox.faults.FaultRule;
import dev.turnpike.sandbox.world.Ledger;
import dev.turnpike.sandbox.world.Pace;
import dev.turnpike.sinks.Answer;
import dev.turnpike.sinks.TestServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees of a runtime, while all is well and while nothing is. */
@ExtendWith(SharedKafka.class)
class ObservabilityIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FAILED_TRIES = 2;

    @TempDir
    Path directory;

    @Test
    void healthSaysWhatIsWrongAndMetricsCountWithoutEndlessLabels(SharedKafka.Brokers brokers) throws Exception {
        SandboxBackend sandbox = SandboxBackend.builder()
                .seed(71)
                .accounts(2)
                .accessTokenLifetime(Duration.ofDays(2))
                .start();
        AtomicBoolean gone = new AtomicBoolean();
        try (TestServer receiver = receiver(gone);
                Bench bench = new Bench(brokers, "observed", sandbox, new TimeLapse(30))
                        .set("webhook.url", receiver.uri("/hook").toString())
                        .set("management.account-names", "true")
                        .set("webhook.secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
                        .set("webhook.events", "turn.*")
                        .set("poll.tasks.active", "30s")
                        .set("poll.tasks.idle", "30s")
                        .signIn(directory, List.of("a1", "a2"))
                        .start()) {
            bench.awaitContact(2);
            await().until(() -> bench.observe("health/ready").statusCode() == 200);
            HttpResponse<String> ready = bench.observe("health/ready");
            assertThat(JSON.readTree(ready.body()).path("status").asText()).isEqualTo("UP");
            assertThat(ready.body()).as("details are for who asks").doesNotContain("turnpike-shards");
            JsonNode checks = JSON.readTree(
                            bench.observe("health/ready?exposureLevel=full").body())
                    .path("checks");
            assertThat(checks.findValuesAsText("name"))
                    .as("each route once, and the shards")
                    .contains("turnpike-shards", "consumer:poll-tasks", "consumer:publish")
                    .doesNotHaveDuplicates()
                    .noneMatch(name -> name.startsWith("route:"));

            sandbox.pace(Pace.busy().withBetweenTasks(Duration.ofMillis(100)));
            await().until(() -> bench.owed().size() > 25);
            sandbox.pace(Pace.quiet());
            await().until(() -> !bench.isAnythingOpen());
            bench.awaitReported();
            await().untilAsserted(() -> assertThat(bench.topic("turns").attempts())
                    .containsExactlyInAnyOrderElementsOf(bench.owedTogether()));
            int reported = bench.topic("turns").records().size();
            // counted when the transaction has ended, which readers may see before
            await().untilAsserted(() -> {
                assertThat(bench.metric("turnpike_events_total", "turn.")).isEqualTo(reported);
                assertThat(bench.metric("turnpike_detection_lag_seconds_count")).isEqualTo(reported);
                assertThat(bench.metric("turnpike_polls_seconds_count", "kind=\"tasks\"", "outcome=\"ok\""))
                        .isGreaterThan(3);
            });
            assertThat(bench.metric("turnpike_transactions_total", "outcome=\"committed\""))
                    .isPositive();
            assertThat(bench.metric("turnpike_shards_owned")).isEqualTo(2);
            assertThat(bench.metric("turnpike_build_info", "version=\"" + TurnpikeVersion.text() + "\""))
                    .isEqualTo(1);
            assertThat(bench.metric("turnpike_auth_required")).isZero();
            // the end of a poll comes after what it publishes
            await().until(() ->
                    bench.metric("turnpike_poll_last_success_timestamp_seconds", "user-sandbox-2") > 1_700_000_000);
            assertThat(bench.metric("turnpike_upstream_requests_seconds_count", "endpoint=\"tasks/*\""))
                    .isPositive();
            assertSinkCounts(bench, reported);
            assertQuota(bench, "user-sandbox-1");
            assertQuota(bench, "user-sandbox-2");
            assertAskedIsThere(bench);

            gone.set(true);
            sandbox.pace(Pace.busy().withBetweenTasks(Duration.ofMillis(100)));
            await().until(() -> deliveries(bench, "failed") > FAILED_TRIES);
            sandbox.pace(Pace.quiet());
            assertThat(bench.observe("health/ready").statusCode())
                    .as("a webhook that a 410 disabled is no reason to take an instance out")
                    .isEqualTo(200);

            sandbox.faults().add(FaultRule.mixed(EnumSet.of(Fault.INTERNAL_ERROR, Fault.HTML, Fault.RESET), 1));
            double before = failures(bench);
            await().until(() -> failures(bench) > before + 5);
            bench.assertLive();
            assertThat(bench.observe("health/ready").statusCode())
                    .as("what upstream does is no reason to take an instance out")
                    .isEqualTo(200);

            List<String> ours = bench.observe("metrics")
                    .body()
                    .lines()
                    .filter(line -> line.startsWith("turnpike_"))
                    .toList();
            assertThat(ours).hasSizeBetween(10, 150);
            for (Ledger.Entry entry : sandbox.ledger().entries()) {
                assertThat(ours).noneMatch(line -> line.contains(entry.taskId()));
            }
            assertThat(sandbox.requests().count(SandboxEndpoint.LIST)).isPositive();
        }
    }

    @Test
    void nobodyWhoReachesThePortLearnsTheNamesOfAccounts(SharedKafka.Brokers brokers) throws Exception {
        SandboxBackend sandbox = SandboxBackend.builder().seed(72).accounts(2).start();
        try (Bench bench = new Bench(brokers, "nameless", sandbox, Clock.systemUTC())
                .signIn(directory, List.of("a1", "a2"))
                .start()) {
            bench.awaitContact(2);
            for (String metric :
                    List.of("turnpike_poll_last_success", "turnpike_quota_used_ratio", "turnpike_quota_reset")) {
                await().untilAsserted(() -> assertThat(bench.observe("metrics")
                                .body()
                                .lines()
                                .filter(line -> line.startsWith(metric))
                                .map(line -> line.replaceFirst(".*account=\"([^\"]*)\".*", "$1"))
                                .distinct())
                        .as(metric)
                        .hasSize(2)
                        .allMatch(label -> label.matches("[0-9a-f]{12}")));
            }

            assertThat(bench.observe("metrics").body()).doesNotContain("user-sandbox");
            assertThat(bench.observe("health?exposureLevel=full").body()).doesNotContain("user-sandbox");
            assertThat(bench.board().at("/pipeline/last_polls").toString())
                    .as("the board asks for a token where others can reach it")
                    .contains("user-sandbox-1", "user-sandbox-2");
        }
    }

    private static void assertSinkCounts(Bench bench, int reported) throws Exception {
        await().untilAsserted(() -> assertThat(deliveries(bench, "delivered")).isEqualTo(reported));
        assertThat(deliveries(bench, "failed")).isEqualTo(FAILED_TRIES);
        assertThat(deliveries(bench, "dead_lettered")).isZero();
        assertThat(bench.metric("turnpike_delivery_last_success_timestamp_seconds", "sink=\"webhook-default\""))
                .isGreaterThan(1_700_000_000);
    }

    /** Alert rules and dashboard name metrics, labels and values of this process. */
    private static void assertAskedIsThere(Bench bench) throws Exception {
        Set<String> onlyWhenItHappens =
                Set.of("turnpike_commands_total", "turnpike_events_reduced_total", "turnpike_upstream_drift_total");
        await().untilAsserted(() -> {
            List<String> samples = bench.observe("metrics").body().lines().toList();
            assertThat(OperatorQueries.asked())
                    .filteredOn(asked -> !onlyWhenItHappens.contains(asked.metric()))
                    .hasSizeGreaterThan(15)
                    .allSatisfy(
                            asked -> assertThat(samples).as(asked.toString()).anyMatch(asked::isIn));
        });
    }

    private static double deliveries(Bench bench, String outcome) throws Exception {
        return bench.metric("turnpike_deliveries_total", "sink=\"webhook-default\"", "outcome=\"" + outcome + "\"");
    }

    /** What is shown is what the account's events say. */
    private static void assertQuota(Bench bench, String user) {
        await().untilAsserted(() -> {
            JsonNode window = bench.topic("usage").records().stream()
                    .filter(record -> TurnsTopic.header(record, "ce_type").contains("usage.observed"))
                    .filter(record -> record.key().endsWith(user))
                    .reduce((earlier, later) -> later)
                    .map(record -> TurnsTopic.json(record).at("/windows/0"))
                    .orElseThrow(() -> new AssertionError("no usage of " + user + " yet"));
            String[] labels = {
                user + "\"", label(window, "limit"), label(window, "window"),
            };
            assertThat(bench.metric("turnpike_quota_used_ratio", labels))
                    .isPositive()
                    .isEqualTo(window.path("used_percent").asDouble() / 100);
            assertThat(bench.metric("turnpike_quota_reset_timestamp_seconds", labels))
                    .isGreaterThan(1_700_000_000);
            assertThat(bench.metric("turnpike_quota_limit_reached", labels[0], labels[1]))
                    .isZero();
        });
        assertThat(bench.topic("alerts").records())
                .noneMatch(record -> TurnsTopic.header(record, "ce_type").contains("limit-reached"));
    }

    private static String label(JsonNode window, String name) {
        return name + "=\"" + window.path(name).asText() + "\"";
    }

    private static TestServer receiver(AtomicBoolean gone) {
        AtomicInteger requests = new AtomicInteger();
        return new TestServer() {
            @Override
            protected Answer answer(HttpExchange exchange, String body) {
                if (gone.get()) {
                    return Answer.status(410);
                }
                return requests.getAndIncrement() < FAILED_TRIES ? Answer.status(503) : Answer.ok();
            }
        };
    }

    private static double failures(Bench bench) throws Exception {
        return bench.metric("turnpike_polls_seconds_count") - bench.metric("turnpike_polls_seconds_count", "\"ok\"");
    }
}
