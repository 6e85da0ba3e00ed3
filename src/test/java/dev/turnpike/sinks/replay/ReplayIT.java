package dev.turnpike.sinks.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.turnpike.sinks.Answer;
import dev.turnpike.sinks.RunningSinks;
import dev.turnpike.sinks.SinkKafka;
import dev.turnpike.sinks.TestSinks;
import dev.turnpike.sinks.delivery.SinkRecord;
import dev.turnpike.sinks.replay.Letters.Letter;
import dev.turnpike.sinks.webhook.WebhookReceiver;
import dev.turnpike.sinks.webhook.WebhookReceiver.Request;
import dev.turnpike.sinks.webhook.WebhookSettings;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class ReplayIT {
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    @Test
    void reachesOnlyTheSinkThatFailedAndWritesNoTurnAgain() throws Exception {
        AtomicBoolean refusing = new AtomicBoolean(true);
        try (SinkKafka kafka = new SinkKafka();
                WebhookReceiver failing = new WebhookReceiver(
                        SECRET, request -> request.number() == 2 && refusing.get() ? Answer.status(400) : Answer.ok());
                WebhookReceiver other = new WebhookReceiver(SECRET, request -> Answer.ok());
                RunningSinks running = RunningSinks.start(
                        kafka, List.of(webhook("failing", failing), webhook("other", other)), List.of())) {
            assertThat(running.context().getRoute("webhook-other")).isNotNull();
            for (int number = 1; number <= 3; number++) {
                kafka.turn("t1", number, "completed");
            }
            Letters letters = new Letters(kafka.topics());
            Replay replay = new Replay(kafka.topics());
            await().until(() ->
                    failing.accepted().size() == 2 && other.accepted().size() == 3);
            await().until(() -> letters.all().size() == 1);
            Letter letter = letters.all().get(0);
            assertThat(letter.sink()).isEqualTo("webhook-failing");
            assertThat(letter.header("ce_id")).isEqualTo("t1~turn2:completed");
            assertThat(letter.replayed()).isNull();

            // still refused: a second letter, which knows where the record first came from
            replay.letters(List.of(letter));
            await().until(() -> letters.all().size() == 2);
            assertThat(letters.all()).extracting(Letter::origin).containsOnly(letter.origin());
            assertThat(letters.all())
                    .filteredOn(found -> found.replayed() == null)
                    .hasSize(1);

            refusing.set(false);
            int handed = replay.letters(letters.all().stream()
                    .filter(found -> found.replayed() == null)
                    .toList());
            await().until(() -> failing.accepted().size() == 3);

            assertThat(handed).isEqualTo(1);
            assertThat(failing.accepted().get(2).id()).isEqualTo("t1~turn2:completed");
            assertThat(failing.complaints()).isEmpty();
            await().until(() -> kafka.lag(
                            kafka.topics().group("webhook-other"),
                            kafka.topics().topic("redeliveries"))
                    == 0);
            assertThat(other.requests()).hasSize(3);
            assertThat(kafka.all(kafka.topics().topic("turns"))).hasSize(3);
            for (ConsumerRecord<String, byte[]> again : kafka.all(kafka.topics().topic("redeliveries"))) {
                ConsumerRecord<String, byte[]> original =
                        kafka.all(kafka.topics().topic("turns")).get(1);
                assertThat(new String(again.value(), UTF_8)).isEqualTo(new String(original.value(), UTF_8));
                assertThat(again.partition()).isEqualTo(original.partition());
            }
        }
    }

    @Test
    void handsAStretchOfHistoryToOneSink() throws Exception {
        try (SinkKafka kafka = new SinkKafka();
                WebhookReceiver receiver = new WebhookReceiver(SECRET, request -> Answer.ok());
                WebhookReceiver other = new WebhookReceiver(SECRET, request -> Answer.ok());
                RunningSinks running = RunningSinks.start(
                        kafka, List.of(webhook("ci", receiver), webhook("other", other)), List.of())) {
            assertThat(running.context().getRoute("webhook-ci")).isNotNull();
            kafka.turn("t1", 1, "completed");
            await().until(() -> receiver.accepted().size() == 1);
            Instant since = Instant.now().plusMillis(2);
            await().until(() -> Instant.now().isAfter(since.plusMillis(2)));
            kafka.turn("t1", 2, "completed");
            kafka.turn("t1", 3, "completed");
            kafka.alert("task.stalled", "t1", "t1", data -> data.put("number", 4));
            await().until(() ->
                    receiver.accepted().size() == 4 && other.accepted().size() == 4);

            int handed = new Replay(kafka.topics()).between(since, Instant.MAX, "webhook-ci");
            await().until(() -> receiver.accepted().size() == 7);

            assertThat(handed).isEqualTo(3);
            List<Integer> again = receiver.accepted().subList(4, 7).stream()
                    .map(Request::number)
                    .toList();
            assertThat(again).containsExactlyInAnyOrder(2, 3, 4).containsSubsequence(2, 3);
            assertThat(other.requests()).hasSize(4);
        }
    }

    @Test
    void aRecordThatIsNotTakenIsAnErrorThoughTheLastOneIs() throws Exception {
        try (SinkKafka kafka = new SinkKafka()) {
            List<Letter> letters = List.of(letter(new byte[2_000_000]), letter(new byte[1]));
            assertThatThrownBy(() -> new Replay(kafka.topics()).letters(letters))
                    .isInstanceOf(KafkaException.class)
                    .hasMessageContaining("Failed to write all records to ");
            assertThat(kafka.all(kafka.topics().topic("redeliveries"))).hasSize(1);
        }
    }

    private static Letter letter(byte[] value) {
        return new Letter(new SinkRecord(new ConsumerRecord<>("dead-letters", 0, value.length, null, value)), null);
    }

    private static WebhookSettings webhook(String name, WebhookReceiver receiver) {
        return TestSinks.webhook(name, receiver.uri("/hook"), TestSinks.TURNS, SECRET);
    }
}
