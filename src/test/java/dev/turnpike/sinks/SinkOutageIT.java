package dev.turnpike.sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.turnpike.Patience;
import dev.turnpike.sinks.delivery.SinkOptions.RetryPolicy;
import dev.turnpike.sinks.slack.SlackSettings;
import dev.turnpike.sinks.slack.SlackStandIn;
import dev.turnpike.sinks.webhook.WebhookReceiver;
import dev.turnpike.sinks.webhook.WebhookReceiver.Request;
import dev.turnpike.sinks.webhook.WebhookSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One receiver is down for a while: the others do not notice, and it gets everything in order when it is back. */
class SinkOutageIT {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final int TASKS = 8;

    private final Map<String, Instant> published = new ConcurrentHashMap<>();
    private final AtomicInteger sent = new AtomicInteger();

    @Test
    void anOutageOfEightSecondsTouchesNobodyElse() throws Exception {
        outage(Duration.ofSeconds(8), TestSinks.quick(Duration.ofHours(24)));
    }

    @Test
    @Tag("soak")
    void anOutageOfAMinuteTouchesNobodyElse() throws Exception {
        outage(Duration.ofMinutes(1), RetryPolicy.standard(Duration.ofHours(24)));
    }

    @Test
    @Tag("soak")
    void anOutageOfTenMinutesTouchesNobodyElse() throws Exception {
        outage(Duration.ofMinutes(10), RetryPolicy.standard(Duration.ofHours(24)));
    }

    private void outage(Duration down, RetryPolicy policy) throws Exception {
        ScheduledExecutorService source = Executors.newSingleThreadScheduledExecutor();
        try (SinkKafka kafka = new SinkKafka();
                WebhookReceiver failing = new WebhookReceiver(SECRET, request -> Answer.ok());
                WebhookReceiver healthy = new WebhookReceiver(SECRET, request -> Answer.ok());
                SlackStandIn slack = new SlackStandIn(Duration.ZERO, body -> null);
                RunningSinks running = RunningSinks.start(
                        kafka,
                        List.of(webhook("failing", failing, policy), webhook("healthy", healthy, policy)),
                        List.of(slack(slack, policy)))) {
            assertThat(running.context().getRoutes()).hasSize(3);
            var ticks = source.scheduleAtFixedRate(() -> send(kafka), 0, 50, TimeUnit.MILLISECONDS);
            await().until(() -> healthy.accepted().size() >= 20);
            Instant quiet = Instant.now();
            await().until(() -> Instant.now().isAfter(quiet.plusSeconds(2)));
            failing.goDown();
            Instant from = Instant.now();
            await().until(() -> Instant.now().isAfter(from.plus(down)));
            // the others get everything while one is still down
            int meanwhile = sent.get();
            await().until(() -> healthy.accepted().size() >= meanwhile);
            Instant to = Instant.now();
            failing.comeBack();
            ticks.cancel(false);
            source.shutdown();
            assertThat(source.awaitTermination(Patience.SECONDS, TimeUnit.SECONDS))
                    .isTrue();
            int all = sent.get();
            await().until(() -> failing.accepted().size() >= all);
            await().until(() -> healthy.accepted().size() >= all);

            assertThat(failing.accepted().stream()
                            .filter(request ->
                                    request.at().isAfter(from) && request.at().isBefore(to)))
                    .isEmpty();
            inOrder(failing);
            inOrder(healthy);
            long without = percentile(healthy, quiet, from, 95);
            long with = percentile(healthy, from, to, 95);
            System.out.printf(
                    "delivery latency of the other webhook, ms%n%-30s %8s %8s %8s%n%-30s %8d %8d %8d%n%-30s %8d %8d %8d%n",
                    "",
                    "median",
                    "p95",
                    "max",
                    "all receivers up",
                    percentile(healthy, quiet, from, 50),
                    without,
                    percentile(healthy, quiet, from, 100),
                    "one receiver down for " + down.toSeconds() + " s",
                    percentile(healthy, from, to, 50),
                    with,
                    percentile(healthy, from, to, 100));
            assertThat(slack.refusals()).isEmpty();
            assertThat(kafka.all(kafka.topics().topic("dead-letters"))).isEmpty();
        } finally {
            source.shutdownNow();
        }
    }

    private void send(SinkKafka kafka) {
        int index = sent.getAndIncrement();
        String task = "task-" + index % TASKS;
        int number = index / TASKS + 1;
        published.put(task + "~turn" + number + ":completed", Instant.now());
        kafka.turn(task, number, "completed");
    }

    private long percentile(WebhookReceiver receiver, Instant from, Instant to, int percent) {
        List<Long> latencies = receiver.accepted().stream()
                .filter(request -> published.containsKey(request.id())) // alerts about the other sink come as well
                .filter(request -> published.get(request.id()).isAfter(from)
                        && published.get(request.id()).isBefore(to))
                .map(request -> Duration.between(published.get(request.id()), request.at())
                        .toMillis())
                .sorted()
                .toList();
        return latencies.isEmpty() ? 0 : latencies.get((latencies.size() - 1) * percent / 100);
    }

    private static void inOrder(WebhookReceiver receiver) {
        Map<String, Integer> latest = new HashMap<>();
        for (Request request : receiver.accepted()) {
            assertThat(request.number()).isLessThanOrEqualTo(latest.getOrDefault(request.task(), 0) + 1);
            latest.merge(request.task(), request.number(), Math::max);
        }
    }

    private static WebhookSettings webhook(String name, WebhookReceiver receiver, RetryPolicy policy) {
        return TestSinks.webhook(name, receiver.uri("/hook"), TestSinks.with(TestSinks.ALL, policy), SECRET);
    }

    private static SlackSettings slack(SlackStandIn slack, RetryPolicy policy) {
        return new SlackSettings(
                "dev",
                null,
                SlackStandIn.TOKEN,
                "#codex",
                slack.uri("/api"),
                List.of(),
                TestSinks.with(TestSinks.CHANNEL, policy),
                Duration.ofMillis(20));
    }
}
