package dev.turnpike.sinks.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.MovableClock;
import dev.turnpike.Opened;
import dev.turnpike.kafka.TopicWriter;
import dev.turnpike.sinks.SinkKafka;
import dev.turnpike.sinks.delivery.Entry.Delivery;
import dev.turnpike.sinks.delivery.Receiver.Failure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Alerts of a sink about itself, on a topic that takes them or not. */
class SinkAlertsIT {
    private static final Duration FAILING_AFTER = Duration.ofMinutes(10);

    @RegisterExtension
    final Opened open = new Opened();

    private final MovableClock clock = new MovableClock(Instant.parse("2026-11-22T10:00:00Z"));
    private final Backlog backlog = BacklogTest.backlog(clock);
    private SinkKafka kafka;
    private SinkState state;
    private TopicWriter writer;
    private SinkAlerts alerts;

    @BeforeEach
    void open() throws Exception {
        kafka = open.add(new SinkKafka());
        state = open.add(new SinkState(kafka.topics(), "webhook-ci"));
        writer = open.add(new TopicWriter(kafka.topics().clients()));
        alerts = alerts();
    }

    private SinkAlerts alerts() {
        return new SinkAlerts("webhook-ci", writer::write, kafka.topics().prefix(), clock);
    }

    @Test
    void anAlertThatKafkaRejectsIsRetriedAfterAPauseWithoutAnError() throws Exception {
        fail("t1", "t2");
        kafka.refuse(kafka.topics().topic("alerts"), true);
        clock.move(FAILING_AFTER);
        report();
        kafka.refuse(kafka.topics().topic("alerts"), false);
        report();
        assertThat(published()).as("the first pause is a second").isEmpty();

        clock.move(Duration.ofSeconds(1));
        report();
        assertThat(published()).containsExactly("sink.failing");
        assertThat(state.failing()).isPresent();
    }

    @Test
    void aSinkThatGaveEverythingUpHasNotRecovered() {
        backlog.add(List.of(BacklogTest.event("t0", 0)));
        backlog.complete(backlog.poll(), true);
        fail("t1", "t2");
        clock.move(FAILING_AFTER);
        report();
        clock.move(Duration.ofHours(24));
        for (Delivery old = backlog.poll(); old != null; old = backlog.poll()) {
            assertThat(old.overdue()
                            || backlog.failed(old, Failure.of(Failure.Kind.UNCLEAR, "HTTP 500"))
                                    == Backlog.Next.DEAD_LETTER)
                    .isTrue();
            backlog.complete(old, false);
        }
        assertThat(backlog.failing()).isEmpty();
        report();
        assertThat(published()).containsExactly("sink.failing");

        backlog.add(List.of(BacklogTest.event("t3", 3)));
        backlog.complete(backlog.poll(), true);
        report();
        assertThat(published()).containsExactlyInAnyOrder("sink.failing", "sink.recovered");
    }

    @Test
    void onlyADeliveryAfterAnotherInstanceReportedTheSinkEndsThat() {
        Backlog idle = BacklogTest.backlog(clock);
        idle.add(List.of(BacklogTest.event("t9", 9)));
        idle.complete(idle.poll(), true);
        SinkState theirs = open.add(new SinkState(kafka.topics(), "webhook-ci"));
        SinkAlerts other = alerts();
        theirs.refresh();
        other.report(FAILING_AFTER, idle, theirs);

        fail("t1", "t2");
        clock.move(FAILING_AFTER);
        report();
        theirs.refresh();
        other.report(FAILING_AFTER, idle, theirs);
        assertThat(published()).containsExactly("sink.failing");

        idle.add(List.of(BacklogTest.event("t9", 10)));
        idle.complete(idle.poll(), true);
        other.report(FAILING_AFTER, idle, theirs);
        assertThat(published()).containsExactlyInAnyOrder("sink.failing", "sink.recovered");
    }

    @Test
    void theSameFailureReportedAgainIsNotEndedByADeliveryBeforeThat() {
        Backlog theirs = BacklogTest.backlog(clock);
        SinkAlerts other = alerts();
        fail("t1", "t2");
        clock.move(FAILING_AFTER);
        report();
        other.report(FAILING_AFTER, theirs, state);
        theirs.add(List.of(BacklogTest.event("t9", 9)));
        theirs.complete(theirs.poll(), true);
        other.report(FAILING_AFTER, theirs, state);
        assertThat(state.failing()).as("delivered by the other instance").isEmpty();
        other.report(FAILING_AFTER, theirs, state);

        clock.move(FAILING_AFTER);
        report();
        assertThat(state.failing()).as("reported again").isPresent();
        other.report(FAILING_AFTER, theirs, state);
        assertThat(state.failing()).as("nothing was delivered since").isPresent();
    }

    @Test
    void theFirstDeliveryAfterARestartEndsWhatWasReportedBefore() {
        fail("t1", "t2");
        clock.move(FAILING_AFTER);
        report();

        SinkState restarted = open.add(new SinkState(kafka.topics(), "webhook-ci"));
        SinkAlerts again = alerts();
        Backlog fresh = BacklogTest.backlog(clock);
        restarted.refresh();
        again.follow(fresh, restarted);
        fresh.add(List.of(BacklogTest.event("t1", 1)));
        fresh.complete(fresh.poll(), true);
        again.report(FAILING_AFTER, fresh, restarted);
        assertThat(published()).containsExactlyInAnyOrder("sink.failing", "sink.recovered");
    }

    @Test
    void aReportWhoseStateKafkaRejectsIsFollowedByTheOneThatItHasEnded() throws Exception {
        fail("t1", "t2");
        kafka.refuse(kafka.topics().topic("sink-state"), true);
        clock.move(FAILING_AFTER);
        report();
        assertThat(published()).containsExactly("sink.failing");
        assertThat(state.failing()).isEmpty();

        backlog.complete(backlog.poll(), true);
        kafka.refuse(kafka.topics().topic("sink-state"), false);
        clock.move(Duration.ofSeconds(1));
        report();
        assertThat(published()).containsExactlyInAnyOrder("sink.failing", "sink.recovered");
        assertThat(state.failing()).isEmpty();
    }

    @Test
    void deadLettersThatAreWrittenDuringAReportAreCountedOnce() throws Exception {
        Deque<Entry> later = new ArrayDeque<>(
                List.of(DeliveriesTest.deadLetter(1), DeliveriesTest.deadLetter(2), DeliveriesTest.deadLetter(3)));
        SinkAlerts[] reports = new SinkAlerts[1];
        reports[0] = new SinkAlerts("webhook-ci", writer::write, kafka.topics().prefix(), new Clock() {
            @Override
            public Instant instant() { // a report asks for the time before, during and after its publication
                if (!Thread.holdsLock(reports[0]) && !later.isEmpty()) {
                    reports[0].deadLettered(later.pop());
                }
                return clock.instant();
            }

            @Override
            public ZoneId getZone() {
                return clock.getZone();
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException("UTC only");
            }
        });
        reports[0].deadLettered(DeliveriesTest.deadLetter(0));
        reports[0].deadLetters(true);
        reports[0].deadLetters(true);

        assertThat(later).isEmpty();
        List<Integer> counts = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> alert : kafka.all(kafka.topics().topic("alerts"))) {
            counts.add(new ObjectMapper().readTree(alert.value()).path("count").asInt());
        }
        assertThat(counts)
                .hasSize(2)
                .satisfies(each ->
                        assertThat(each.stream().mapToInt(count -> count).sum()).isEqualTo(4));
    }

    private void fail(String... tasks) {
        for (int number = 0; number < tasks.length; number++) {
            backlog.add(List.of(BacklogTest.event(tasks[number], number + 1)));
            backlog.failed(backlog.poll(), Failure.of(Failure.Kind.UNCLEAR, "HTTP 500"));
        }
    }

    private void report() {
        alerts.report(FAILING_AFTER, backlog, state);
    }

    private List<String> published() {
        return kafka.all(kafka.topics().topic("alerts")).stream()
                .map(record -> SinkKafka.header(record, "ce_type"))
                .filter(type -> type != null)
                .map(type -> type.replace("dev.turnpike.codex.", "").replace(".v1", ""))
                .toList();
    }
}
