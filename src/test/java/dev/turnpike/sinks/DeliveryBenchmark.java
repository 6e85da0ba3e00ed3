package dev.turnpike.sinks;

import static org.awaitility.Awaitility.await;

import dev.turnpike.sinks.delivery.SinkOptions;
import dev.turnpike.sinks.delivery.SinkOptions.RetryPolicy;
import dev.turnpike.sinks.webhook.WebhookReceiver;
import dev.turnpike.sinks.webhook.WebhookReceiver.Request;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Deliveries per second of one webhook, over HTTP on loopback and the embedded broker, 8 at a time:
 * {@code mvn -B -Pbenchmark test -Dtest=DeliveryBenchmark}.
 */
@Tag("benchmark")
class DeliveryBenchmark {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final int TASKS = 40;

    @Test
    void deliveriesPerSecond() throws Exception {
        Random chance = new Random(20261122);
        System.out.printf("%-40s %8s %9s %14s%n", "receiver", "events", "requests", "deliveries/s");
        measure("healthy", 4_000, request -> Answer.ok());
        measure("slow, 500 ms each", 320, request -> Answer.late(Duration.ofMillis(500)));
        measure("failing, 500 to three in ten", 800, request -> {
            synchronized (chance) {
                return chance.nextInt(10) < 3 ? Answer.status(500) : Answer.ok();
            }
        });
        measure(
                "failing for one task of forty",
                4_000,
                request -> request.task().equals("task-0") ? Answer.status(500) : Answer.ok());
    }

    private static void measure(String name, int events, Function<Request, Answer> behaviour) throws Exception {
        try (SinkKafka kafka = new SinkKafka();
                WebhookReceiver receiver = new WebhookReceiver(SECRET, behaviour)) {
            for (int index = 0; index < events; index++) {
                kafka.turn("task-" + index % TASKS, index / TASKS + 1, "completed");
            }
            int others = name.contains("one task") ? events - events / TASKS : events;
            SinkOptions options = TestSinks.with(TestSinks.ALL, RetryPolicy.standard(Duration.ofHours(24)));
            try (RunningSinks running = RunningSinks.start(
                    kafka, List.of(TestSinks.webhook("ci", receiver.uri("/hook"), options, SECRET)), List.of())) {
                running.context().getName();
                await().pollInterval(Duration.ofMillis(20))
                        .until(() -> receiver.accepted().size() >= others);
            }
            List<Request> requests = receiver.requests();
            Duration took = Duration.between(
                    receiver.accepted().get(0).at(),
                    receiver.accepted().get(others - 1).at());
            System.out.printf(
                    "%-40s %8d %9d %14.1f%n",
                    name, events, requests.size(), (others - 1) * 1_000.0 / Math.max(1, took.toMillis()));
        }
    }
}
