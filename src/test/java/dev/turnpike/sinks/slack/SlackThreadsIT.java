package dev.turnpike.sinks.slack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.turnpike.sinks.SinkKafka;
import dev.turnpike.sinks.delivery.KeyedTopic;
import dev.turnpike.sinks.slack.SlackThreads.Place;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;

/** The threads of Slack are kept for a month after their first message. */
class SlackThreadsIT {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    @Test
    void forgetsThoseThatAreAMonthOldAndKeepsTheOthers() throws Exception {
        try (SinkKafka kafka = new SinkKafka();
                SlackThreads threads = threads(kafka, NOW)) {
            threads.put("old", place(NOW.minus(Duration.ofDays(30)).minusSeconds(1)));
            threads.put("young", place(NOW.minus(Duration.ofDays(30)).plusSeconds(60)));
            threads.catchUp();

            assertThat(threads.of("old")).isEmpty();
            assertThat(threads.of("young")).isPresent();
            // in the topic as well
            try (KeyedTopic topic = topic(kafka)) {
                topic.refresh();
                assertThat(topic.values()).containsOnlyKeys("young");
            }
        }
    }

    @Test
    void whatKafkaHadNotTakenIsSavedLaterUnlessAnotherInstanceHasBegunALaterThread() throws Exception {
        try (SinkKafka kafka = new SinkKafka();
                SlackThreads threads = threads(kafka, NOW);
                SlackThreads other = threads(kafka, NOW)) {
            List.of("ended", "ended-replaced").forEach(name -> threads.put(name, place(NOW.minusSeconds(60))));
            kafka.refuse(kafka.topics().topic("threads"), true);
            List.of("begun", "begun-replaced").forEach(name -> threads.posted(name, Optional.of(place(NOW)), "acc-1"));
            List.of("ended", "ended-replaced").forEach(name -> threads.posted(name, Optional.empty(), "acc-1"));
            kafka.refuse(kafka.topics().topic("threads"), false);
            Place later = place(NOW.plusSeconds(60));
            other.put("begun-replaced", later);
            other.put("ended-replaced", later);
            threads.catchUp();

            assertThat(threads.of("begun")).contains(place(NOW));
            assertThat(threads.of("begun-replaced")).contains(later);
            assertThat(threads.of("ended")).isEmpty();
            assertThat(threads.of("ended-replaced")).contains(later);
            other.refresh();
            assertThat(other.values()).containsOnlyKeys("begun", "begun-replaced", "ended-replaced");
            assertThat(other.of("begun-replaced")).contains(later);
            assertThat(other.of("ended-replaced")).contains(later);
        }
    }

    @Test
    void aTopicThatKafkaDoesNotKnowYetIsNotTakenForAnEmptyOne() throws Exception {
        try (SinkKafka kafka = new SinkKafka();
                Admin admin = Admin.create(kafka.client());
                KeyedTopic early = new KeyedTopic(kafka.topics(), kafka.topics().prefix() + "later", "k/");
                KeyedTopic late = new KeyedTopic(kafka.topics(), kafka.topics().prefix() + "later", "k/")) {
            assertThatThrownBy(early::refresh).isInstanceOf(UnknownTopicOrPartitionException.class);

            admin.createTopics(List.of(new NewTopic(kafka.topics().prefix() + "later", 1, (short) 1)))
                    .all()
                    .get();
            late.put("one", Map.of("number", 1));
            await().ignoreException(UnknownTopicOrPartitionException.class).untilAsserted(() -> {
                early.refresh();
                assertThat(early.values()).containsOnlyKeys("one");
            });
        }
    }

    private static SlackThreads threads(SinkKafka kafka, Instant now) {
        return new SlackThreads(kafka.topics(), "slack-dev", "C0123", Clock.fixed(now, ZoneOffset.UTC));
    }

    private static KeyedTopic topic(SinkKafka kafka) {
        return new KeyedTopic(kafka.topics(), kafka.topics().topic("threads"), "slack-dev/C0123/");
    }

    private static Place place(Instant began) {
        return new Place("C0123", began.getEpochSecond() + ".000100", began);
    }
}
