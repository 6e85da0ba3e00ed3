package dev.turnpike.sinks.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.events.Event;
import dev.turnpike.events.EventRecords;
import dev.turnpike.http.Secrets;
import dev.turnpike.retry.BackOff;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Raises one sink's alerts about itself, which other sinks deliver. They are published outside of any transaction: at
 * least once, with the same id each time.
 */
final class SinkAlerts {
    private static final Logger log = LoggerFactory.getLogger(SinkAlerts.class);
    private static final BackOff AFTER_FAILURE = new BackOff(Duration.ofSeconds(1), Duration.ofMinutes(1));

    /** Minimum interval between reports of dead letters. */
    private static final Duration DEAD_LETTERS = Duration.ofMinutes(10);

    private static final int MOST_REASON = 250;

    private final String sink;
    private final Consumer<ProducerRecord<byte[], byte[]>> kafka;
    private final EventRecords records;
    private final Clock clock;
    /** Those that are still to be reported; null without any. Changed under this, since workers add to them. */
    private volatile Letters letters;

    private Instant reported = Instant.MIN;
    private Instant quietUntil = Instant.MIN;
    /** What was reported as failing and Kafka has not saved yet; null without any. */
    private SinkState.Failing unsaved;

    /** The reported failure that was seen last; null before the first. */
    private SinkState.Failing seen;

    /** Deliveries of this instance when it saw that failure, whichever instance had reported it. */
    private long deliveries;

    private int failures;
    private Instant notBefore = Instant.MIN;

    private record Letters(int count, Instant since, Entry latest) {}

    /**
     * @param kafka writes a record
     * @param prefix of the topics
     */
    SinkAlerts(String sink, Consumer<ProducerRecord<byte[], byte[]>> kafka, String prefix, Clock clock) {
        this.sink = sink;
        this.kafka = kafka;
        this.records = new EventRecords(prefix);
        this.clock = clock;
    }

    /** Publishes what is due; alerts that Kafka rejects are retried later, and delay no delivery. */
    void report(Duration failingAfter, Backlog backlog, SinkState state) {
        if (notBefore.isAfter(clock.instant())) {
            return;
        }
        try {
            check(failingAfter, backlog, state);
            deadLetters(false);
            failures = 0;
        } catch (InterruptException e) {
            throw e;
        } catch (RuntimeException e) {
            failures++;
            Duration pause = AFTER_FAILURE.after(failures);
            notBefore = clock.instant().plus(pause);
            log.warn(
                    "Failed to publish alert, retrying sink={} failures={} retryInMs={}",
                    sink,
                    failures,
                    pause.toMillis(),
                    e);
        }
    }

    /** Reports once that the sink has been failing for long, and once that it delivers again, across restarts. */
    private void check(Duration failingAfter, Backlog backlog, SinkState state) {
        save(state);
        follow(backlog, state);
        Instant now = clock.instant();
        Optional<SinkState.Failing> failing = backlog.failing();
        Optional<SinkState.Failing> before = state.failing();
        if (failing.isEmpty()) {
            if (before.isPresent() && backlog.deliveries() > deliveries) {
                publish("sink.recovered", before.get());
                state.recovered();
            }
        } else if (before.isEmpty()
                && !failing.get().since().plus(failingAfter).isAfter(now)
                && !now.isBefore(quietUntil)) {
            publish("sink.failing", failing.get());
            // another instance may succeed where this one fails
            quietUntil = now.plus(failingAfter);
            unsaved = failing.get();
            see(unsaved, backlog);
            save(state);
        }
    }

    /** Only deliveries after a failure was reported, even by another instance, end it. */
    void follow(Backlog backlog, SinkState state) {
        if (state.failing().isEmpty() && unsaved == null) {
            seen = null; // the same failure may be reported again
        }
        state.failing().filter(failing -> !failing.equals(seen)).ifPresent(failing -> see(failing, backlog));
    }

    private void see(SinkState.Failing failing, Backlog backlog) {
        seen = failing;
        deliveries = backlog.deliveries();
    }

    /** Without it, {@code sink.recovered} would not follow. */
    private void save(SinkState state) {
        if (unsaved != null && state.failing().isEmpty()) { // else another instance has reported it
            state.reported(unsaved);
        }
        unsaved = null;
    }

    private void publish(String type, SinkState.Failing failing) {
        ObjectNode data = data(failing.reason()).put("since", failing.since().toString());
        publish(type, failing.since().toString(), failing.account(), data);
    }

    void disabled(SinkEvent refused, String reason) {
        publish("sink.disabled", refused.id(), refused.account(), data(reason).put("event_id", refused.id()));
    }

    synchronized void deadLettered(Entry entry) {
        letters = letters == null
                ? new Letters(1, clock.instant(), entry)
                : new Letters(letters.count() + 1, letters.since(), entry);
    }

    /** Reports new dead letters, if a report is due; those that workers write during the report are counted in the next. */
    void deadLetters(boolean now) {
        Instant asOf = clock.instant();
        Letters due = letters;
        if (due == null || (!now && reported.plus(DEAD_LETTERS).isAfter(asOf))) {
            return;
        }
        Entry latest = due.latest();
        ObjectNode data = data(latest.failed.reason())
                .put("count", due.count())
                .put("since", due.since().toString());
        publish("sink.dead-lettered", latest.record.toString(), latest.account(), data);
        subtract(due, asOf);
        reported = clock.instant();
    }

    /** @param since from when on those that remain were written */
    private synchronized void subtract(Letters published, Instant since) {
        int more = letters.count() - published.count();
        letters = more == 0 ? null : new Letters(more, since, letters.latest());
    }

    private ObjectNode data(String reason) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        return data.put("sink", sink).put("reason", Secrets.inLine(reason, MOST_REASON));
    }

    private void publish(String type, String occasion, String account, ObjectNode data) {
        Instant now = clock.instant();
        data.put("observed_at", now.toString());
        data.putObject("account").put("id", account);
        String id = type + ":" + sink + ":" + occasion;
        Event alert = Event.alert(account, type, id, now, data);
        ProducerRecord<String, byte[]> record = records.of(alert);
        kafka.accept(new ProducerRecord<>(
                record.topic(), null, record.key().getBytes(UTF_8), record.value(), record.headers()));
    }
}
