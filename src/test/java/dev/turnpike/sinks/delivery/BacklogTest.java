package dev.turnpike.sinks.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.MovableClock;
import dev.turnpike.sinks.delivery.Entry.Delivery;
import dev.turnpike.sinks.delivery.Receiver.Failure;
import dev.turnpike.sinks.delivery.SinkOptions.RetryPolicy;
import dev.turnpike.sinks.delivery.SinkState.FailedAttempts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class BacklogTest {
    private final MovableClock clock = new MovableClock(Instant.parse("2026-11-22T10:00:00Z"));
    private final Backlog backlog = backlog(clock);
    private long offset;

    static Backlog backlog(MovableClock clock) {
        return backlog(clock, Duration.ofHours(24));
    }

    private static Backlog backlog(MovableClock clock, Duration giveUpAfter) {
        return new Backlog("webhook-ci", RetryPolicy.standard(giveUpAfter), new Silent(), clock);
    }

    @Test
    void aDeliveryThatHasEndedIsNotReturnedASecondTime() {
        backlog.add(List.of(event("t1"), event("t1")));
        Delivery first = backlog.poll();
        backlog.complete(first, true);
        Delivery second = backlog.poll();
        backlog.requeue(first, Duration.ofSeconds(1));

        assertThat(backlog.isIdle()).isFalse();
        // the task's second event is in progress: it is not delivered twice at a time
        assertThat(backlog.poll()).isNull();
        backlog.complete(second, true);
        assertThat(backlog.isIdle()).isTrue();
    }

    @Test
    void aRecordWhoseDeadLetterKafkaRejectsWaitsForItsNextTry() {
        backlog.add(List.of(malformed()));
        Delivery rejected = backlog.poll();
        assertThat(rejected.overdue()).isTrue();
        backlog.requeue(rejected, Duration.ofSeconds(1));

        assertThat(backlog.poll()).isNull();
        clock.move(Duration.ofSeconds(1));
        assertThat(backlog.poll().entries()).isEqualTo(rejected.entries());
    }

    @Test
    void aPauseThatTheReceiverAskedForOutlastsDeliveriesInProgress() {
        backlog.add(List.of(event("t1"), event("t2"), event("t3"), event("t4"), event("t5")));
        Delivery asked = backlog.poll();
        Delivery unclear = backlog.poll();
        Delivery delivered = backlog.poll();
        Delivery refused = backlog.poll();
        backlog.failed(asked, new Failure(Failure.Kind.ENDPOINT, "HTTP 429", Duration.ofMinutes(5)));
        backlog.failed(unclear, Failure.of(Failure.Kind.UNCLEAR, "HTTP 500"));
        backlog.complete(delivered, true);
        backlog.failed(refused, Failure.of(Failure.Kind.RECORD, "HTTP 400"));

        clock.move(Duration.ofMinutes(5).minusMillis(1));
        assertThat(backlog.poll()).isNull();
        clock.move(Duration.ofMillis(1));
        Delivery probe = backlog.poll();
        assertThat(probe).isNotNull();
        assertThat(backlog.poll()).as("one at a time").isNull();
        backlog.complete(probe, true);
        assertThat(backlog.poll()).isNotNull();
        assertThat(backlog.poll()).isNotNull();
    }

    @Test
    void whatIsGivenUpDuringAPauseDoesNotEndIt() {
        Entry old = event("t1");
        Instant before = clock.instant().minus(Duration.ofHours(23));
        old.failed = new FailedAttempts(1, 0, before, before, "HTTP 500");
        backlog.add(List.of(old, event("t2")));
        Delivery first = backlog.poll();
        backlog.failed(first, new Failure(Failure.Kind.ENDPOINT, "HTTP 429", Duration.ofHours(2)));
        clock.move(Duration.ofHours(1));
        Delivery overdue = backlog.poll();
        assertThat(overdue.overdue()).isTrue();
        backlog.complete(overdue, false);

        assertThat(backlog.poll()).isNull();
        clock.move(Duration.ofHours(1));
        assertThat(backlog.poll()).isNotNull();
    }

    @Test
    void aPauseOutlastsTheEventsThatAreGivenUpInItButNoFailureDoes() {
        Backlog brief = backlog(clock, Duration.ofMinutes(1));
        brief.add(List.of(event("t1"), event("t2")));
        Delivery asked = brief.poll();
        Delivery unclear = brief.poll();
        brief.failed(asked, new Failure(Failure.Kind.ENDPOINT, "HTTP 429", Duration.ofMinutes(5)));
        brief.failed(unclear, Failure.of(Failure.Kind.UNCLEAR, "HTTP 500"));
        clock.move(Duration.ofMinutes(1));
        brief.complete(brief.poll(), false);
        brief.add(List.of(event("t3")));
        assertThat(brief.failing()).isPresent();
        Delivery last = brief.poll();
        assertThat(last.overdue()).isTrue();
        brief.complete(last, false);

        assertThat(brief.failing()).as("nothing that failed waits any more").isEmpty();
        clock.move(Duration.ofMinutes(4).minusMillis(1));
        assertThat(brief.poll()).isNull();
        clock.move(Duration.ofMillis(1));
        assertThat(brief.poll()).isNotNull();
    }

    @Test
    void aReceiverThatIsGoneIsTriedWithTheBackOffAndNothingIsGivenUp() {
        backlog.add(List.of(event("t1"), event("t2")));
        for (int pause = 1; pause <= 32; pause *= 2) {
            Delivery probe = backlog.poll();
            assertThat(probe.overdue()).isFalse();
            assertThat(backlog.failed(probe, Failure.of(Failure.Kind.GONE, "HTTP 410")))
                    .isEqualTo(Backlog.Next.RETRY);
            // up to half of a pause is taken off at random
            clock.move(Duration.ofSeconds(pause).dividedBy(2).minusMillis(1));
            assertThat(backlog.poll()).isNull();
            clock.move(Duration.ofSeconds(pause).dividedBy(2).plusMillis(1));
        }
        clock.move(Duration.ofDays(2));
        Delivery probe = backlog.poll();
        assertThat(probe.overdue()).isFalse();
        backlog.complete(probe, true);
        assertThat(backlog.poll()).isNotNull();
    }

    @Test
    void whatCannotBeChosenForOneDeliveryIsDeliveredOneByOne() {
        Receiver unable = new Silent() {
            @Override
            public int most() {
                return 40;
            }

            @Override
            public int together(List<SinkEvent> ready) {
                throw new NoClassDefFoundError("com/example/Missing");
            }
        };
        Backlog single = new Backlog("slack-dev", RetryPolicy.standard(Duration.ofHours(24)), unable, clock);
        Entry first = event("t1");
        Entry second = event("t1");
        Entry other = event("t2");
        single.add(List.of(first, second, other));
        for (Entry expected : List.of(first, other, second)) {
            Delivery delivery = single.poll();
            assertThat(delivery.entries()).containsExactly(expected);
            single.complete(delivery, true);
        }
        assertThat(single.poll()).isNull();
    }

    @Test
    void failuresOfPartitionsThatWereRevokedDoNotCount() throws Exception {
        backlog.add(List.of(event("t1"), event("t2"), event("t3")));
        backlog.failed(backlog.poll(), Failure.of(Failure.Kind.UNCLEAR, "HTTP 500"));
        backlog.failed(backlog.poll(), Failure.of(Failure.Kind.UNCLEAR, "HTTP 500"));
        clock.move(Duration.ofSeconds(1));
        Delivery hanging = backlog.poll();
        assertThat(backlog.failing()).isPresent();

        backlog.revoke(List.of(new TopicPartition("turns", 0)), Duration.ZERO);
        backlog.assigned(Set.of(new TopicPartition("turns", 1)));
        assertThat(backlog.failing()).as("another instance delivers them").isEmpty();
        assertThat(backlog.failed(hanging, Failure.of(Failure.Kind.UNCLEAR, "no complete answer in time")))
                .isEqualTo(Backlog.Next.NOTHING);
        assertThat(backlog.failing()).isEmpty();
        assertThat(backlog.isIdle()).isTrue();

        backlog.add(List.of(event("t4"), event("t5")));
        assertThat(backlog.poll()).isNotNull();
        assertThat(backlog.poll()).as("the receiver is not held").isNotNull();
    }

    @Test
    void failuresInPartitionsThatStayCountAfterARebalance() throws Exception {
        backlog.add(List.of(event("t1"), event("t2")));
        backlog.failed(backlog.poll(), Failure.of(Failure.Kind.UNCLEAR, "HTTP 500"));
        backlog.failed(backlog.poll(), Failure.of(Failure.Kind.UNCLEAR, "HTTP 500"));
        Instant since = clock.instant();
        clock.move(Duration.ofMinutes(1));
        // a rebalance revokes all partitions, those too that stay
        backlog.revoke(List.of(new TopicPartition("turns", 0), new TopicPartition("turns", 1)), Duration.ZERO);
        backlog.assigned(Set.of(new TopicPartition("turns", 0)));

        assertThat(backlog.failing())
                .hasValueSatisfying(failing -> assertThat(failing.since()).isEqualTo(since));
        backlog.add(List.of(event("t1"), event("t2")));
        assertThat(backlog.poll()).isNotNull();
        assertThat(backlog.poll()).as("the receiver is still held").isNull();
    }

    @Test
    void thePauseOfADigestHoldsForThoseOfItsEventsThatStay() throws Exception {
        Receiver digests = new Silent() {
            @Override
            public int most() {
                return 40;
            }

            @Override
            public int together(List<SinkEvent> ready) {
                return ready.size();
            }
        };
        Backlog chat = new Backlog("slack-dev", RetryPolicy.standard(Duration.ofHours(24)), digests, clock);
        Entry stays = event("t1");
        chat.add(List.of(stays, event("t2", 0, 1)));
        Delivery digest = chat.poll();
        assertThat(digest.entries()).hasSize(2);
        chat.revoke(List.of(new TopicPartition("turns", 1)), Duration.ZERO);

        assertThat(chat.failed(digest, new Failure(Failure.Kind.ENDPOINT, "HTTP 429", Duration.ofMinutes(5))))
                .isEqualTo(Backlog.Next.NOTHING);
        assertThat(stays.failed).as("attempts").isNull();
        clock.move(Duration.ofMinutes(5).minusMillis(1));
        assertThat(chat.poll()).isNull();
        clock.move(Duration.ofMillis(1));
        assertThat(chat.poll().entries()).containsExactly(stays);
    }

    private Entry event(String task) {
        return event(task, offset++);
    }

    static Entry event(String task, long offset) {
        return event(task, offset, 0);
    }

    private static Entry event(String task, long offset, int partition) {
        ConsumerRecord<byte[], byte[]> read =
                new ConsumerRecord<>("turns", partition, offset, task.getBytes(UTF_8), "{}".getBytes(UTF_8));
        read.headers()
                .add("ce_id", (task + offset).getBytes(UTF_8))
                .add("ce_source", "/codex/accounts/a".getBytes(UTF_8))
                .add("ce_type", "dev.turnpike.codex.turn.completed.v1".getBytes(UTF_8))
                .add("ce_subject", task.getBytes(UTF_8));
        SinkRecord record = new SinkRecord(read);
        try {
            return new Entry(record, SinkEvent.of(record), null, new Progress(new OffsetAndMetadata(offset)));
        } catch (SinkEvent.MalformedEventException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private Entry malformed() {
        SinkRecord record = new SinkRecord(new ConsumerRecord<>("turns", 0, offset++, null, null));
        return new Entry(
                record,
                null,
                new FailedAttempts(0, 0, null, null, "not an event"),
                new Progress(new OffsetAndMetadata(0)));
    }

    /** Answers nothing: what is tried here is which delivery is next. */
    private static class Silent implements Receiver {
        @Override
        public void deliver(List<SinkEvent> events) {}

        @Override
        public Failure failure(Exception exception) {
            return Failure.of(Failure.Kind.UNCLEAR, "unclear");
        }
    }
}
