package dev.turnpike.sinks.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.Opened;
import dev.turnpike.Patience;
import dev.turnpike.sinks.Answer;
import dev.turnpike.sinks.CountedDeliveries.Count;
import dev.turnpike.sinks.RunningSinks;
import dev.turnpike.sinks.SinkKafka;
import dev.turnpike.sinks.TestSinks;
import dev.turnpike.sinks.delivery.SinkFilter;
import dev.turnpike.sinks.delivery.SinkOptions;
import dev.turnpike.sinks.delivery.SinkOptions.RetryPolicy;
import dev.turnpike.sinks.webhook.WebhookReceiver.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.camel.ServiceStatus;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class WebhookRouteIT {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String NEXT_SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    @RegisterExtension
    final Opened open = new Opened();

    private SinkKafka kafka;
    private Duration deadline = Patience.LONGEST;

    @BeforeEach
    void topics() throws Exception {
        kafka = open.add(new SinkKafka());
    }

    @Test
    void deliversTheCloudEventSignedAndCommitsItOnce() throws Exception {
        WebhookReceiver receiver = receiver(request -> Answer.ok());
        String id = kafka.turn("task-1", 1, "completed");
        try (RunningSinks first = sinks(webhook("ci", receiver))) {
            assertThat(first.context().getRoute("webhook-ci")).isNotNull();
            await().until(() -> receiver.requests().size() == 1);
            await().until(() ->
                    kafka.lag(kafka.topics().group("webhook-ci"), kafka.topics().topic("turns")) == 0);
            awaitCount(first, new Count(1, 0, 0));
        }
        String second = kafka.turn("task-1", 2, "failed");
        sinks(webhook("ci", receiver));
        await().until(() -> receiver.requests().size() == 2);

        Request request = receiver.requests().get(0);
        assertThat(receiver.complaints()).isEmpty();
        assertThat(receiver.requests()).extracting(Request::id).containsExactly(id, second);
        assertThat(request.query()).isEqualTo("key=a%2Fb&sig=x%20y");
        assertThat(request.body()).isEqualTo(new ObjectMapper().readTree("""
                                {"specversion":"1.0","id":"task-1~turn1:completed","source":"/codex/accounts/acc-1/user-1",
                                 "type":"dev.turnpike.codex.turn.completed.v1","subject":"task-1",
                                 "time":"2026-11-22T10:00:00Z","datacontenttype":"application/json",
                                 "data":{"task_id":"task-1","turn_id":"task-1~turn1","status":"completed",
                                  "title":"Task task-1","url":"https://chatgpt.com/codex/tasks/task-1",
                                  "observed_at":"2026-11-22T10:00:00Z","attempt_count":1,"details":"complete",
                                  "backfill":false,"number":1,"account":{"id":"acc-1/user-1"}}}
                                """));
    }

    @Test
    void aReceiverMayKnowEitherSecretDuringRotation() {
        WebhookReceiver old = receiver(request -> Answer.ok());
        WebhookReceiver changed = open.add(new WebhookReceiver(NEXT_SECRET, request -> Answer.ok()));
        sinks(
                webhook("old", old, List.of(NEXT_SECRET, SECRET), SinkFilter.ALL, WebhookSettings.Body.EVENT),
                webhook("changed", changed, List.of(NEXT_SECRET, SECRET), SinkFilter.ALL, WebhookSettings.Body.THIN));
        kafka.turn("task-1", 1, "completed");

        await().until(() -> old.accepted().size() == 1 && changed.accepted().size() == 1);
        assertThat(changed.accepted().get(0).body().path("data").path("turn_id").asText())
                .isEqualTo("task-1~turn1");
        assertThat(changed.accepted().get(0).body().has("specversion")).isFalse();
    }

    @Test
    void triesAgainInOrderAfterFailuresOfTheReceiver() {
        List<Answer> failures = List.of(
                Answer.status(500),
                Answer.with(429, "Retry-After", "1"),
                Answer.of(Answer.Fault.RESET),
                Answer.of(Answer.Fault.DRIP),
                Answer.with(302, "Location", "http://127.0.0.1:1/elsewhere"),
                Answer.status(408));
        AtomicInteger calls = new AtomicInteger();
        WebhookReceiver receiver = receiver(request -> {
            int call = calls.getAndIncrement();
            return call < failures.size() ? failures.get(call) : Answer.ok();
        });
        // for the answer that never comes; every other one has time enough
        deadline = Duration.ofSeconds(10);
        RunningSinks running = sinks(webhook("ci", receiver));
        IntStream.rangeClosed(1, 3).forEach(number -> kafka.turn("task-1", number, "completed"));

        await().until(() -> receiver.accepted().size() == 3);
        List<Request> requests = receiver.requests();
        assertThat(receiver.complaints()).isEmpty();
        assertThat(requests).extracting(Request::number).containsExactly(1, 1, 1, 1, 1, 1, 1, 2, 3);
        assertThat(requests.subList(0, 7)).extracting(Request::id).containsOnly("task-1~turn1:completed");
        assertThat(Duration.between(requests.get(1).at(), requests.get(2).at())).isGreaterThan(Duration.ofMillis(990));
        assertThat(requests.get(6).timestamp()).isAfter(requests.get(0).timestamp());
        awaitCount(running, new Count(3, failures.size(), 0));
        assertThat(kafka.all(kafka.topics().topic("dead-letters"))).isEmpty();
    }

    @Test
    void aRefusedEventIsDeadLetteredAfterThreeTriesAndTheTasksNextOneGoesOut() {
        WebhookReceiver receiver = receiver(request -> request.number() == 2 ? Answer.status(400) : Answer.ok());
        RunningSinks running = sinks(webhook("ci", receiver));
        IntStream.rangeClosed(1, 3).forEach(number -> kafka.turn("task-1", number, "completed"));

        await().until(() -> receiver.accepted().size() == 2);
        assertThat(receiver.requests()).extracting(Request::number).containsExactly(1, 2, 2, 2, 3);
        // the last try of the three ends in the dead letter and not as a failed one as well
        awaitCount(running, new Count(2, 2, 1));
        ConsumerRecord<String, byte[]> original =
                kafka.all(kafka.topics().topic("turns")).get(1);
        List<ConsumerRecord<String, byte[]>> dead = kafka.all(kafka.topics().topic("dead-letters"));
        assertThat(dead).hasSize(1);
        ConsumerRecord<String, byte[]> letter = dead.get(0);
        assertThat(letter.key()).isEqualTo(original.key());
        assertThat(letter.value()).isEqualTo(original.value());
        original.headers()
                .forEach(header -> assertThat(SinkKafka.header(letter, header.key()))
                        .isEqualTo(new String(header.value(), UTF_8)));
        assertThat(SinkKafka.header(letter, "turnpike_sink")).isEqualTo("webhook-ci");
        assertThat(SinkKafka.header(letter, "turnpike_origin_topic")).isEqualTo(original.topic());
        assertThat(SinkKafka.header(letter, "turnpike_origin_partition")).isEqualTo("" + original.partition());
        assertThat(SinkKafka.header(letter, "turnpike_origin_offset")).isEqualTo("" + original.offset());
        assertThat(SinkKafka.header(letter, "turnpike_reason")).isEqualTo("HTTP 400");
        assertThat(SinkKafka.header(letter, "turnpike_attempts")).isEqualTo("3");
        assertThat(Instant.parse(SinkKafka.header(letter, "turnpike_first_attempt")))
                .isBefore(Instant.parse(SinkKafka.header(letter, "turnpike_last_attempt")));
        List<String> names = new ArrayList<>();
        letter.headers().forEach(header -> names.add(header.key()));
        assertThat(names)
                .noneMatch(name -> name.startsWith("webhook-")
                        || name.toLowerCase(java.util.Locale.ROOT).startsWith("camel"));
    }

    @Test
    void givesUpOnAReceiverThatFailsForTooLong() {
        WebhookReceiver receiver = receiver(request -> request.number() == 1 ? Answer.status(503) : Answer.ok());
        WebhookSettings settings = TestSinks.webhook(
                "ci",
                receiver.uri("/hook"),
                TestSinks.with(TestSinks.ALL, TestSinks.quick(Duration.ofSeconds(5))),
                SECRET);
        RunningSinks running = sinks(settings);
        kafka.turn("task-1", 1, "completed");
        kafka.turn("task-1", 2, "completed");

        await().until(() -> receiver.accepted().size() == 1);
        List<Request> requests = receiver.requests();
        assertThat(requests).hasSizeGreaterThan(2);
        awaitCount(running, new Count(1, requests.size() - 2, 1));
        assertThat(kafka.all(kafka.topics().topic("dead-letters")))
                .singleElement()
                .satisfies(letter -> {
                    assertThat(SinkKafka.header(letter, "turnpike_reason")).isEqualTo("HTTP 503");
                    // by the clock of the sink: the receiver may see the first try late
                    assertThat(Duration.between(
                                    Instant.parse(SinkKafka.header(letter, "turnpike_first_attempt")),
                                    requests.get(requests.size() - 1).at()))
                            .as("from the first try to the next event")
                            .isGreaterThan(Duration.ofMillis(4_500));
                });
    }

    @Test
    void anEndpointThatIsGoneIsDisabledUntilTheNextStartAndReportedOnce() throws Exception {
        Map<String, Boolean> back = new ConcurrentHashMap<>();
        WebhookReceiver receiver = receiver(request -> back.isEmpty() ? Answer.status(410) : Answer.ok());
        String id = kafka.turn("task-1", 1, "completed");
        try (RunningSinks first =
                sinks(webhook("ci", receiver, List.of(SECRET), turnsOnly(), WebhookSettings.Body.EVENT))) {
            awaitCount(first, new Count(0, 1, 0));
            // counted before it is reported, and a stop in between leaves the report to the next start
            await().until(() -> !kafka.all(kafka.topics().topic("alerts")).isEmpty());
            // a stopped route would be a failed readiness check
            assertThat(first.context().getRouteController().getRouteStatus("webhook-ci"))
                    .isEqualTo(ServiceStatus.Started);
        }
        assertThat(receiver.requests()).hasSize(1);
        List<ConsumerRecord<String, byte[]>> alerts = kafka.all(kafka.topics().topic("alerts"));
        assertThat(alerts).hasSize(1);
        assertThat(SinkKafka.header(alerts.get(0), "ce_type")).isEqualTo("dev.turnpike.codex.sink.disabled.v1");
        assertThat(SinkKafka.header(alerts.get(0), "ce_id")).isEqualTo("sink.disabled:webhook-ci:" + id);
        assertThat(new ObjectMapper()
                        .readTree(alerts.get(0).value())
                        .path("reason")
                        .asText())
                .isEqualTo("HTTP 410");
        assertThat(kafka.all(kafka.topics().topic("dead-letters"))).isEmpty();

        back.put("now", true);
        sinks(webhook("ci", receiver, List.of(SECRET), turnsOnly(), WebhookSettings.Body.EVENT));
        await().until(() -> receiver.accepted().size() == 1);
        assertThat(receiver.accepted().get(0).id()).isEqualTo(id);
    }

    @Test
    void filtersByEventEnvironmentAndRepository() {
        WebhookReceiver receiver = receiver(request -> Answer.ok());
        SinkFilter filter =
                new SinkFilter(List.of("turn.failed", "usage.*"), List.of("prod"), List.of("acme/shop", "acme/site"));
        RunningSinks running = sinks(webhook("ci", receiver, List.of(SECRET), filter, WebhookSettings.Body.EVENT));
        kafka.turn("t1", 1, "failed", data -> data.put("environment", "prod").put("repository", "acme/shop"));
        kafka.turn("t1", 2, "completed", data -> data.put("environment", "prod").put("repository", "acme/shop"));
        kafka.turn("t1", 3, "failed", data -> data.put("environment", "test").put("repository", "acme/shop"));
        kafka.turn("t1", 4, "failed", data -> data.put("environment", "prod").put("repository", "acme/other"));
        kafka.alert("usage.reset", "acc-1/user-1", null, data -> data.put("number", 5));
        kafka.alert("auth.required", "acc-1/user-1", null, data -> data.put("number", 6));
        kafka.turn("t1", 7, "failed", data -> data.put("environment", "PROD").put("repository", "acme/site"));

        await().until(() -> receiver.accepted().size() == 3);
        assertThat(receiver.requests()).extracting(Request::number).containsExactlyInAnyOrder(1, 5, 7);
        awaitCount(running, new Count(3, 0, 0));
    }

    @Test
    void aRecordThatIsNoEventIsDeadLetteredUntried() {
        WebhookReceiver receiver = receiver(request -> Answer.ok());
        RunningSinks running = sinks(webhook("ci", receiver));
        kafka.send(
                new ProducerRecord<>(kafka.topics().topic("turns"), "k".getBytes(UTF_8), "no event".getBytes(UTF_8)));
        kafka.send(new ProducerRecord<>(kafka.topics().topic("turns"), null, null));
        kafka.turn("k", 1, "completed");

        await().until(() -> receiver.accepted().size() == 1);
        await().until(() -> kafka.all(kafka.topics().topic("dead-letters")).size() == 2);
        assertThat(kafka.all(kafka.topics().topic("dead-letters"))).allSatisfy(letter -> {
            assertThat(SinkKafka.header(letter, "turnpike_reason")).contains("is not a CloudEvent");
            assertThat(SinkKafka.header(letter, "turnpike_attempts")).isEqualTo("0");
        });
        awaitCount(running, new Count(1, 0, 2));
    }

    @Test
    void aStopDoesNotWaitForAPause() {
        WebhookReceiver receiver = receiver(request -> Answer.with(503, "Retry-After", "600"));
        Duration pause = Duration.ofMinutes(10);
        SinkOptions options = TestSinks.with(TestSinks.ALL, new RetryPolicy(pause, pause, 3, 8, Duration.ofHours(24)));
        RunningSinks running = sinks(TestSinks.webhook("ci", receiver.uri("/hook"), options, SECRET));
        kafka.turn("task-1", 1, "completed");
        await().until(() -> receiver.requests().size() == 1);

        assertTimeoutPreemptively(Patience.LONGEST, running::close);

        assertThat(receiver.requests()).hasSize(1);
    }

    private WebhookReceiver receiver(Function<Request, Answer> behaviour) {
        WebhookReceiver receiver = open.add(new WebhookReceiver(SECRET, behaviour));
        return receiver;
    }

    private RunningSinks sinks(WebhookSettings... settings) {
        return open.add(RunningSinks.start(kafka, List.of(settings), List.of()));
    }

    private static void awaitCount(RunningSinks running, Count expected) {
        await().untilAsserted(
                        () -> assertThat(running.deliveries().of("webhook-ci")).isEqualTo(expected));
    }

    private static SinkFilter turnsOnly() {
        return new SinkFilter(List.of("turn.*"), List.of(), List.of());
    }

    private WebhookSettings webhook(String name, WebhookReceiver receiver) {
        return webhook(name, receiver, List.of(SECRET), SinkFilter.ALL, WebhookSettings.Body.EVENT);
    }

    private WebhookSettings webhook(
            String name, WebhookReceiver receiver, List<String> secrets, SinkFilter filter, WebhookSettings.Body body) {
        return new WebhookSettings(
                name,
                receiver.uri("/hook/in?key=a%2Fb&sig=x%20y"),
                secrets,
                Map.of(),
                List.of(),
                null,
                TestSinks.options(filter),
                body,
                deadline);
    }
}
