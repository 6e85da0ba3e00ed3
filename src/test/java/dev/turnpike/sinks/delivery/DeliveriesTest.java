package dev.turnpike.sinks.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.MovableClock;
import dev.turnpike.Patience;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.TopicWriter;
import dev.turnpike.sinks.delivery.Receiver.Failure;
import dev.turnpike.sinks.delivery.SinkOptions.RetryPolicy;
import dev.turnpike.sinks.delivery.SinkState.FailedAttempts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker of a sink goes on after whatever happens to one delivery. */
@Timeout(60)
class DeliveriesTest {
    private final MovableClock clock = new MovableClock(Instant.parse("2026-11-22T10:00:00Z"));
    /** Kafka is not asked for anything here. */
    private final TopicWriter kafka = new TopicWriter(new KafkaClients("127.0.0.1:1", Map.of()));

    private Failure.Kind kind = Failure.Kind.UNCLEAR;
    private BiConsumer<SinkEvent, String> disable = (event, reason) -> {};
    private final List<String> delivered = new ArrayList<>();
    private final List<String> saved = new ArrayList<>();
    private final List<String> reported = new CopyOnWriteArrayList<>();

    @Test
    void aDeliveryWhoseCountFailsIsDeliveredOnce() {
        Meters meters = new Meters(clock);
        Backlog backlog = backlog(event -> delivered.add(event.subject()), meters, "t1", "t1", "t2");

        assertThat(delivered).containsExactly("t1", "t2", "t1");
        assertThat(backlog.isIdle()).isTrue();
        assertThat(meters.calls).isEqualTo(3);
    }

    @Test
    void aClassThatIsMissingForOneEventEndsNoWorker() {
        Backlog backlog = backlog(
                event -> {
                    if (event.subject().equals("t1")) {
                        throw new NoClassDefFoundError("com/example/Missing");
                    }
                    delivered.add(event.subject());
                },
                new DeliveryMeters(new SimpleMeterRegistry(), List.of(), clock),
                "t1",
                "t2",
                "t3");

        assertThat(delivered).containsExactly("t2", "t3");
        assertThat(backlog.isIdle()).isTrue();
        clock.move(Duration.ofMinutes(2));
        assertThat(backlog.poll().entries())
                .extracting(entry -> entry.event.subject())
                .containsExactly("t1");
    }

    @Test
    void attemptsAreSavedUnlessAnotherInstanceHasThePartitionMeanwhile() {
        Backlog[] slow = new Backlog[1];
        backlog(
                event -> {
                    if (event.subject().equals("t2")) {
                        revoke(slow[0]);
                    }
                    throw new IllegalStateException("HTTP 500");
                },
                new DeliveryMeters(new SimpleMeterRegistry(), List.of(), clock),
                2,
                slow,
                "t1",
                "t2",
                "t3");

        assertThat(saved).containsExactly("turns-0@0 1");
        assertThat(slow[0].failing()).isEmpty();
    }

    private static void revoke(Backlog backlog) {
        try {
            backlog.revoke(List.of(new TopicPartition("turns", 0)), Duration.ZERO);
            backlog.assigned(Set.of());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aReceiverThatIsGoneIsHeldWhileKafkaRejectsThatItIsDisabled() {
        disable = (event, reason) -> {
            throw new KafkaException("no broker");
        };
        kind = Failure.Kind.GONE;
        Backlog backlog = backlog(
                event -> {
                    throw new IllegalStateException("HTTP 410");
                },
                new DeliveryMeters(new SimpleMeterRegistry(), List.of(), clock),
                1,
                "t1",
                "t2");

        assertThat(backlog.isIdle()).isTrue();
        assertThat(backlog.poll()).as("other tasks' events wait as well").isNull();
        clock.move(Duration.ofSeconds(1));
        assertThat(backlog.poll()).isNotNull();
        assertThat(backlog.poll()).as("one at a time").isNull();
    }

    @Test
    void aDeadLetterIsCountedWhileTheReportOfOthersWaitsForKafka() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch taken = new CountDownLatch(1);
        SinkAlerts alerts = new SinkAlerts(
                "webhook-ci",
                record -> {
                    reported.add(new String(record.value(), UTF_8));
                    writing.countDown();
                    awaitTaken(taken);
                },
                "codex.",
                clock);
        alerts.deadLettered(deadLetter(0));
        Thread reporting = daemon(() -> alerts.deadLetters(true));
        assertThat(writing.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();

        Thread worker = daemon(() -> alerts.deadLettered(deadLetter(1)));
        await().until(() -> worker.getState() == Thread.State.TERMINATED);
        taken.countDown();
        reporting.join();
        alerts.deadLetters(true);

        assertThat(reported).hasSize(2).allSatisfy(alert -> assertThat(alert).contains("\"count\":1"));
    }

    @Test
    void anAlertQuotesWholeCharactersOfALongReason() throws Exception {
        SinkAlerts alerts = new SinkAlerts(
                "webhook-ci", record -> reported.add(new String(record.value(), UTF_8)), "codex.", clock);
        alerts.disabled(BacklogTest.event("t", 0).event, "x".repeat(249) + "\ud83d\ude00 and more");

        assertThat(new ObjectMapper().readTree(reported.get(0)).path("reason").asText())
                .isEqualTo("x".repeat(249));
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void awaitTaken(CountDownLatch taken) {
        try {
            assertThat(taken.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static Entry deadLetter(long offset) {
        Entry entry = BacklogTest.event("t", offset);
        entry.failed = new FailedAttempts(3, 3, Instant.EPOCH, Instant.EPOCH, "HTTP 400");
        return entry;
    }

    /** Runs a worker over one event of each of these tasks; after the last the sink is stopped. */
    private Backlog backlog(Consumer<SinkEvent> deliver, DeliveryMeters meters, String... tasks) {
        return backlog(deliver, meters, tasks.length, tasks);
    }

    /** The same; after so many tries the sink is stopped. */
    private Backlog backlog(Consumer<SinkEvent> deliver, DeliveryMeters meters, int tries, String... tasks) {
        return backlog(deliver, meters, tries, new Backlog[1], tasks);
    }

    /** @param backlog where it is put before the first delivery */
    private Backlog backlog(
            Consumer<SinkEvent> deliver, DeliveryMeters meters, int tries, Backlog[] backlog, String... tasks) {
        int[] tried = {0};
        Receiver receiver = new Receiver() {
            @Override
            public void deliver(List<SinkEvent> events) {
                if (++tried[0] == tries) {
                    backlog[0].close();
                }
                events.forEach(deliver);
            }

            @Override
            public Failure failure(Exception exception) {
                return Failure.of(kind, exception.getMessage());
            }
        };
        backlog[0] = new Backlog("webhook-ci", RetryPolicy.standard(Duration.ofHours(24)), receiver, clock);
        for (int number = 0; number < tasks.length; number++) {
            backlog[0].add(List.of(BacklogTest.event(tasks[number], number)));
        }
        new Deliveries(
                        "webhook-ci",
                        backlog[0],
                        receiver,
                        (origin, attempts) -> saved.add(origin + " " + attempts.tries()),
                        origin -> {},
                        new DeadLetters(kafka, "codex.dead-letters"),
                        new SinkAlerts("webhook-ci", kafka::write, "codex.", clock),
                        meters,
                        disable,
                        clock)
                .run();
        return backlog[0];
    }

    private static final class Meters extends DeliveryMeters {
        private int calls;

        Meters(Clock clock) {
            super(new SimpleMeterRegistry(), List.of(), clock);
        }

        @Override
        public void delivered(String sink, int events) {
            calls++;
            throw new IllegalStateException("a meter of this name has other tags");
        }
    }
}
