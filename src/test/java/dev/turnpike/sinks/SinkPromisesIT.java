package dev.turnpike.sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.Opened;
import dev.turnpike.Patience;
import dev.turnpike.credentials.LogCapture;
import dev.turnpike.events.EventSchemas;
import dev.turnpike.sinks.delivery.SinkFilter;
import dev.turnpike.sinks.delivery.SinkOptions;
import dev.turnpike.sinks.delivery.SinkOptions.RetryPolicy;
import dev.turnpike.sinks.delivery.SinkState;
import dev.turnpike.sinks.delivery.SinkState.FailedAttempts;
import dev.turnpike.sinks.webhook.WebhookReceiver;
import dev.turnpike.sinks.webhook.WebhookReceiver.Request;
import dev.turnpike.sinks.webhook.WebhookSettings;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What a sink promises about a receiver that misbehaves, over real HTTP and with the embedded broker. */
@Execution(ExecutionMode.CONCURRENT)
class SinkPromisesIT {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    @RegisterExtension
    final Opened open = new Opened();

    private final AtomicReference<Function<Request, Answer>> behaviour = new AtomicReference<>(request -> Answer.ok());
    private SinkKafka kafka;
    private WebhookReceiver receiver;

    @BeforeEach
    void start() throws Exception {
        kafka = open.add(new SinkKafka());
        receiver =
                open.add(new WebhookReceiver(SECRET, request -> behaviour.get().apply(request)));
    }

    @Test
    void onePoisonedTaskHoldsUpNoOtherAndFollowsToTheDeadLettersInOrder() {
        behaviour.set(request -> request.task().equals("poison") ? Answer.status(500) : Answer.ok());
        sinks(options(Instant.EPOCH, Duration.ofHours(24)));
        for (int number = 1; number <= 2; number++) {
            kafka.turn("poison", number, "completed");
        }
        // others come by now and then: what happens to them is the evidence
        int[] sent = {0};
        await().pollInterval(Duration.ofMillis(100)).until(() -> {
            kafka.turn("good" + sent[0] % 5, sent[0] / 5 + 1, "completed");
            sent[0]++;
            return letters().size() == 2;
        });

        assertThat(letters())
                .extracting(letter -> SinkKafka.header(letter, "ce_id"))
                .containsExactly("poison~turn1:completed", "poison~turn2:completed");
        assertThat(letters()).allSatisfy(letter -> {
            assertThat(SinkKafka.header(letter, "turnpike_reason")).isEqualTo("HTTP 500");
            assertThat(Integer.parseInt(SinkKafka.header(letter, "turnpike_attempts")))
                    .isGreaterThanOrEqualTo(8);
        });
        await().until(() -> receiver.accepted().size() == sent[0]);
        inOrder();
    }

    @Test
    void aReceiverThatRefusesEverythingDeadLettersNothing() {
        behaviour.set(request -> Answer.status(404));
        sinks(options(Instant.EPOCH, Duration.ofHours(24)));
        for (int index = 0; index < 40; index++) {
            kafka.turn("task" + index % 10, index / 10 + 1, "completed");
        }
        await().until(() -> receiver.requests().size() >= 20);
        // one at a time is tried, and each time another task's
        List<Request> probes = receiver.requests();
        assertThat(probes.subList(10, 20).stream().map(Request::task).distinct())
                .hasSizeGreaterThan(5);
        assertThat(letters()).isEmpty();

        behaviour.set(request -> Answer.ok());
        await().until(() -> receiver.accepted().size() == 40);
        assertThat(letters()).isEmpty();
        inOrder();
    }

    @Test
    void theTimeToGiveUpRunsOnOverARestart() throws Exception {
        behaviour.set(request -> Answer.status(503));
        Duration never = Duration.ofHours(24);
        // it stops in the pause after its first try
        SinkOptions once = TestSinks.with(
                options(Instant.EPOCH, never), new RetryPolicy(Duration.ofHours(1), Duration.ofHours(1), 3, 8, never));
        try (RunningSinks first = sinks(once);
                SinkState saved = new SinkState(kafka.topics(), "webhook-ci")) {
            assertThat(first.context().getRoute("webhook-ci")).isNotNull();
            kafka.turn("task", 1, "completed");
            await().until(() -> {
                saved.refresh();
                return saved.retrying() == 1;
            });
        }
        assertThat(receiver.requests()).hasSize(1);
        Instant restarted = Instant.now();
        sinks(options(Instant.EPOCH, Duration.ofSeconds(2)));
        await().until(() -> letters().size() == 1);

        ConsumerRecord<String, byte[]> letter = letters().get(0);
        assertThat(Instant.parse(SinkKafka.header(letter, "turnpike_first_attempt")))
                .isBefore(restarted);
        assertThat(Integer.parseInt(SinkKafka.header(letter, "turnpike_attempts")))
                .isEqualTo(receiver.requests().size());
    }

    @Test
    void aNewSinkBeginsNowAndGoesOnWhereItWasWhenItsOffsetsHaveExpired() throws Exception {
        kafka.turn("old", 1, "completed");
        SinkOptions options = options(null, Duration.ofHours(24));
        try (RunningSinks first = sinks(options)) {
            assertThat(first.context().getRoute("webhook-ci")).isNotNull();
            await().until(() -> hasOffsets());
            kafka.turn("new", 1, "completed");
            await().until(() -> receiver.accepted().size() == 1);
            await().until(() ->
                    kafka.lag(kafka.topics().group("webhook-ci"), kafka.topics().topic("turns")) <= 0);
        }
        kafka.turn("between", 1, "completed");
        try (Admin admin = Admin.create(kafka.client())) {
            admin.deleteConsumerGroups(List.of(kafka.topics().group("webhook-ci")))
                    .all()
                    .get(Patience.SECONDS, TimeUnit.SECONDS);
        }
        sinks(options);
        await().until(() -> receiver.accepted().size() == 2);
        kafka.turn("after", 1, "completed");
        await().until(() -> receiver.accepted().size() == 3);
        assertThat(receiver.accepted()).extracting(Request::task).containsExactly("new", "between", "after");
    }

    @Test
    void aNewSinkBeginsAtTheTimeOfItsSetting() throws Exception {
        kafka.turn("old", 1, "completed");
        Instant from = Instant.now().plusMillis(1);
        await().until(() -> Instant.now().isAfter(from));
        kafka.turn("since", 1, "completed");
        sinks(options(from, Duration.ofHours(24)));
        await().until(() -> hasOffsets());
        kafka.turn("after", 1, "completed");
        await().until(() -> receiver.accepted().size() == 2);

        assertThat(receiver.accepted()).extracting(Request::task).containsExactlyInAnyOrder("since", "after");
        assertThat(kafka.topics().group("webhook-ci"))
                .as("two installations on one cluster are two")
                .startsWith(kafka.topics().prefix());
    }

    @Test
    void saysWhichRecordsWereDeletedBeforeItHadReadThem() throws Exception {
        SinkOptions options = options(Instant.EPOCH, Duration.ofHours(24));
        try (RunningSinks first = sinks(options)) {
            assertThat(first.context().getRoute("webhook-ci")).isNotNull();
            await().until(() -> hasOffsets());
        }
        kafka.turn("deleted", 1, "completed");
        try (Admin admin = Admin.create(kafka.client())) {
            Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
            for (int partition = 0; partition < SinkKafka.PARTITIONS; partition++) {
                all.put(new TopicPartition(kafka.topics().topic("turns"), partition), RecordsToDelete.beforeOffset(-1));
            }
            admin.deleteRecords(all).all().get(Patience.SECONDS, TimeUnit.SECONDS);
        }
        kafka.turn("kept", 1, "completed");
        try (LogCapture log = new LogCapture()) {
            sinks(options);
            await().until(() -> receiver.accepted().size() == 1);
            assertThat(receiver.accepted()).extracting(Request::task).containsExactly("kept");
            // where another partition is assigned later, that comes behind the delivery
            await().until(() ->
                    log.count("ERROR Records were deleted before this sink had read them sink=webhook-ci") == 1);
        }
    }

    @Test
    void whatWasDeliveredBehindAPoisonedRecordIsNotRepeatedAfterARestart() throws Exception {
        behaviour.set(request -> request.task().equals("poison") ? Answer.status(503) : Answer.ok());
        // never enough evidence: the first record of each partition stays where it is
        SinkOptions options = TestSinks.with(
                TestSinks.ALL,
                new RetryPolicy(Duration.ofMillis(50), Duration.ofMillis(400), 3, 100_000, Duration.ofHours(24)));
        kafka.turn("poison", 1, "completed");
        for (int index = 0; index < 60; index++) {
            kafka.turn("good" + index, 1, "completed");
        }
        try (RunningSinks first = sinks(options)) {
            assertThat(first.context().getRoute("webhook-ci")).isNotNull();
            // the sink is behind its receiver by a moment
            await().until(() -> first.deliveries().of("webhook-ci").delivered() == 60);
            assertThat(receiver.accepted()).hasSize(60);
        }
        behaviour.set(request -> Answer.ok());
        sinks(options);
        await().until(() ->
                receiver.accepted().stream().anyMatch(request -> request.task().equals("poison")));
        assertThat(receiver.accepted()).hasSize(61);
    }

    @Test
    void savedAttemptsOfWhatWasDeliveredAreDeletedAtTheNextStart() throws Exception {
        kafka.turn("task", 1, "completed");
        SinkOptions options = options(Instant.EPOCH, Duration.ofHours(24));
        try (RunningSinks first = sinks(options)) {
            await().until(() -> first.deliveries().of("webhook-ci").delivered() == 1);
        }
        ConsumerRecord<String, byte[]> delivered =
                kafka.all(kafka.topics().topic("turns")).get(0);
        String place = delivered.topic() + "-" + delivered.partition() + "@";
        FailedAttempts failed = new FailedAttempts(1, 0, Instant.now(), Instant.now(), "HTTP 503");
        try (SinkState state = new SinkState(kafka.topics(), "webhook-ci")) {
            state.put("trouble/" + place + delivered.offset(), failed);
            state.put("trouble/" + place + (delivered.offset() + 1), failed);
            state.put("trouble/" + place + "no-offset", failed);
            assertThat(state.retrying()).isEqualTo(3);

            sinks(options);
            await().until(() -> {
                state.refresh();
                return state.retrying() == 2;
            });
            assertThat(state.get("trouble/" + place + (delivered.offset() + 1)))
                    .as("what is still to be delivered")
                    .isPresent();
        }
    }

    @Test
    void aSlowReceiverGetsEightTasksSideBySideEachInOrder() {
        CountDownLatch eight = new CountDownLatch(8);
        AtomicInteger together = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        behaviour.set(request -> {
            most.accumulateAndGet(together.incrementAndGet(), Math::max);
            eight.countDown();
            // the first ones are answered when eight of them are there
            boolean there = awaitHeld(eight);
            together.decrementAndGet();
            return there ? Answer.late(Duration.ofMillis(20)) : Answer.status(500);
        });
        for (int index = 0; index < 48; index++) {
            kafka.turn("task" + index % 16, index / 16 + 1, "completed");
        }
        sinks(options(Instant.EPOCH, Duration.ofHours(24)));
        await().until(() -> receiver.accepted().size() == 48);
        assertThat(most).hasValue(8);
        assertThat(receiver.requests()).hasSize(48);
        inOrder();
    }

    @Test
    void reportsThatItFailsThatItRecoversAndHowManyEventsItGaveUp() throws Exception {
        behaviour.set(request -> Answer.status(503));
        sinks(options(Instant.EPOCH, Duration.ofHours(24)));
        kafka.turn("task1", 1, "completed");
        kafka.turn("task2", 1, "completed");
        await().until(() -> alerts("sink.failing").size() == 1);
        JsonNode failing = alerts("sink.failing").get(0);
        assertThat(failing.path("sink").asText()).isEqualTo("webhook-ci");
        assertThat(failing.path("reason").asText()).isEqualTo("HTTP 503");
        assertThat(failing.path("account").path("id").asText()).isEqualTo("acc-1/user-1");

        behaviour.set(request -> Answer.ok());
        await().until(() -> alerts("sink.recovered").size() == 1);
        assertThat(alerts("sink.recovered").get(0).path("since")).isEqualTo(failing.path("since"));

        behaviour.set(request -> Answer.status(422));
        for (int index = 0; index < 6; index++) {
            kafka.turn("refused" + index, 1, "completed");
        }
        await().until(() -> letters().size() == 6);
        await().until(() -> !alerts("sink.dead-lettered").isEmpty());
        open.closeLast(); // a stop reports the rest
        List<JsonNode> counted = alerts("sink.dead-lettered");
        assertThat(counted).hasSizeLessThanOrEqualTo(2);
        assertThat(counted.stream()
                        .mapToInt(alert -> alert.path("count").asInt())
                        .sum())
                .isEqualTo(6);
        assertThat(alerts("sink.failing")).hasSize(1);
        // none of them came to the sink that they are about
        assertThat(receiver.requests()).noneMatch(request -> request.id().startsWith("sink."));
    }

    @Test
    void isPausedAndResumedFromOutside() throws Exception {
        sinks(options(Instant.EPOCH, Duration.ofHours(24)));
        kafka.turn("task", 1, "completed");
        await().until(() -> receiver.accepted().size() == 1);
        AtomicInteger sent = new AtomicInteger(1);
        try (SinkState outside = new SinkState(kafka.topics(), "webhook-ci")) {
            outside.pause(Instant.now());
            // the note is read when it is read: one of the next events is held back
            await().pollDelay(Duration.ZERO).pollInterval(Duration.ofSeconds(2)).until(() -> {
                boolean held = receiver.requests().size() < sent.get();
                if (!held) {
                    kafka.turn("task", sent.incrementAndGet(), "completed");
                }
                return held;
            });
            outside.resume();
        }
        await().until(() -> receiver.accepted().size() == sent.get());
        inOrder();
    }

    @Test
    void whatIsNotKnownOfAnEventPassesAFilter() {
        SinkFilter filter = new SinkFilter(List.of(), List.of("prod"), List.of("acme/shop"));
        sinks(TestSinks.options(filter));
        kafka.turn(
                "other", 1, "completed", data -> data.put("environment", "prod").put("repository", "acme/other"));
        kafka.turn("unknown", 1, "completed", data -> data.put("environment", "prod"));
        await().until(() -> receiver.accepted().size() == 1);
        assertThat(receiver.accepted()).extracting(Request::task).containsExactly("unknown");
    }

    @Test
    void usageIsDeliveredToWhoeverAsksForIt() {
        SinkFilter filter = new SinkFilter(List.of("usage.*"), List.of(), List.of());
        sinks(TestSinks.options(filter));
        com.fasterxml.jackson.databind.node.ObjectNode data = new ObjectMapper().createObjectNode();
        data.putObject("account").put("id", "acc-1/user-1");
        kafka.event(kafka.topics().topic("usage"), "acc-1/user-1", "usage.observed", "usage-1", null, data);
        await().until(() -> receiver.accepted().size() == 1);
        assertThat(receiver.accepted().get(0).id()).isEqualTo("usage-1");
    }

    private boolean hasOffsets() throws Exception {
        try (Admin admin = Admin.create(kafka.client())) {
            Map<TopicPartition, ?> offsets = admin.listConsumerGroupOffsets(
                            kafka.topics().group("webhook-ci"))
                    .partitionsToOffsetAndMetadata()
                    .get(Patience.SECONDS, TimeUnit.SECONDS);
            return offsets.size() == 3 * SinkKafka.PARTITIONS;
        }
    }

    private static boolean awaitHeld(CountDownLatch all) {
        try {
            return all.await(Patience.SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void inOrder() {
        Map<String, Integer> latest = new HashMap<>();
        Set<String> seen = new HashSet<>();
        for (Request request : receiver.accepted()) {
            if (seen.add(request.id())) {
                assertThat(request.number()).as(request.id()).isEqualTo(latest.getOrDefault(request.task(), 0) + 1);
                latest.put(request.task(), request.number());
            }
        }
    }

    private List<ConsumerRecord<String, byte[]>> letters() {
        return kafka.all(kafka.topics().topic("dead-letters"));
    }

    private List<JsonNode> alerts(String kind) {
        return kafka.all(kafka.topics().topic("alerts")).stream()
                .peek(EventSchemas::assertValid)
                .filter(record -> SinkKafka.header(record, "ce_type").equals("dev.turnpike.codex." + kind + ".v1"))
                .map(record -> {
                    try {
                        return new ObjectMapper().readTree(record.value());
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .toList();
    }

    private RunningSinks sinks(SinkOptions options) {
        return open.add(RunningSinks.start(kafka, List.of(webhook(options)), List.of()));
    }

    private WebhookSettings webhook(SinkOptions options) {
        return TestSinks.webhook("ci", receiver.uri("/hook"), options, SECRET);
    }

    private static SinkOptions options(Instant startFrom, Duration giveUpAfter) {
        return new SinkOptions(SinkFilter.ALL, startFrom, TestSinks.quick(giveUpAfter), 8);
    }
}
