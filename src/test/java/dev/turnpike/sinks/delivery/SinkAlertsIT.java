package dev.turnpike.sinks.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.MovableClock;
import dev.turnpike.Opened;
import dev.turnpike.sinks.SinkKafka;
import dev.turnpike.sinks.delivery.Entry.Parcel;
import dev.turnpike.sinks.delivery.Receiver.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
    private SinkAlerts alerts;

    @BeforeEach
    void open() throws Exception {
        kafka = open.add(new SinkKafka());
        state = open.add(new SinkState(kafka.topics(), "webhook-ci"));
        alerts = new SinkAlerts("webhook-ci", kafka.topics(), clock);
    }

    @Test
    void anAlertThatKafkaRejectsIsRetriedAfterAPauseWithoutAnError() throws Exception {
        fail("t1", "t2");
        kafka.refuse(kafka.topics().alerts(), true);
        clock.move(FAILING_AFTER);
        report();
        kafka.refuse(kafka.topics().alerts(), false);
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
        backlog.done(backlog.poll(), true);
        fail("t1", "t2");
        clock.move(FAILING_AFTER);
        report();
        clock.move(Duration.ofHours(24));
        for (Parcel old = backlog.poll(); old != null; old = backlog.poll()) {
            assertThat(old.overdue() || backlog.failed(old, Failure.of(Failure.Kind.UNCLEAR, "HTTP 500")))
                    .isTrue();
            backlog.done(old, false);
        }
        assertThat(backlog.failing()).isEmpty();
        report();
        assertThat(published()).containsExactly("sink.failing");

        backlog.add(List.of(BacklogTest.event("t3", 3)));
        backlog.done(backlog.poll(), true);
        report();
        assertThat(published()).containsExactlyInAnyOrder("sink.failing", "sink.recovered");
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
        return kafka.all(kafka.topics().alerts()).stream()
                .map(record -> SinkKafka.header(record, "ce_type"))
                .filter(type -> type != null)
                .map(type -> type.replace("dev.turnpike.codex.", "").replace(".v1", ""))
                .toList();
    }
}
