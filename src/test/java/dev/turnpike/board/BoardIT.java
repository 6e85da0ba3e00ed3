package dev.turnpike.board;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.kafka.EmbeddedKafka;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.kafka.Topics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The board over real topics, in a real browser: empty, with thousands of turns, and without a broker. */
@ExtendWith(SharedKafka.class)
class BoardIT {
    private static final int TURNS = 5_000;

    @TempDir
    private Path folder;

    private static Board board(KafkaClients clients, String prefix, boolean commands) throws Exception {
        try (Admin admin = clients.admin()) {
            new Topics(prefix, 2, 2, null).ensure(admin);
        }
        Board board = new Board(
                clients, prefix, "", commands, KnownSource.polled(Map.of("w/u", Instant.now())), Clock.systemUTC());
        board.start("127.0.0.1", 0);
        return board;
    }

    @Test
    void anEmptyBoardSaysSo(SharedKafka.Brokers brokers) throws Exception {
        Browser browser = Browser.installed();
        try (Board board = board(brokers.clients(), "board-empty.", false)) {
            JsonNode seen = browser.look(board.port(), "empty", () -> {});

            assertThat(seen.path("empty")).hasSize(4);
            assertThat(seen.path("errors")).isEmpty();
        }
    }

    @Test
    void thousandsOfTurnsAreShownAPageAtATimeAndNothingOfThemIsHtml(SharedKafka.Brokers brokers) throws Exception {
        Browser browser = Browser.installed();
        String prefix = "board-many.";
        try (Board board = board(brokers.clients(), prefix, false)) {
            publish(brokers.clients(), prefix);

            JsonNode seen = browser.look(board.port(), "many", () -> {});

            assertThat(seen.path("rows").asInt()).isEqualTo(100);
            assertThat(seen.path("moreRows").asInt()).isEqualTo(200);
            assertThat(seen.path("found")).hasSize(1);
            assertThat(seen.path("found").get(0).asText()).isEqualTo("Task number 4321");
            assertThat(seen.path("ranScript").asBoolean(true)).isFalse();
            assertThat(seen.path("images").asInt(1)).isZero();
            assertThat(seen.path("scriptLinks").asInt(1)).isZero();
            assertThat(seen.path("errors")).isEmpty();
            assertThat(seen.path("firstPaintMs").asInt()).isPositive();
        }
    }

    private static void publish(KafkaClients clients, String prefix) throws Exception {
        Map<String, Object> config = new HashMap<>(clients.plain());
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
            Instant now = Instant.now();
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < TURNS; i++) {
                String title = i == TURNS - 1
                        ? "<img src=x onerror=injected=1><script>injected=1</script>"
                        : "Task number " + i;
                Instant ended = now.minusSeconds(TURNS - i);
                String turn =
                        ("{\"task_id\": \"t%d\", \"turn_id\": \"t%d~1\", \"status\": \"completed\", \"title\": \"%s\","
                                        + " \"url\": \"javascript:injected=1\", \"environment\": \"env-%d\", \"repository\":"
                                        + " \"acme/r%d\", \"ended_at\": \"%s\", \"observed_at\": \"%s\", \"attempt_count\": 1,"
                                        + " \"diff_stats\": {\"files_modified\": 1, \"lines_added\": %d, \"lines_removed\": 2},"
                                        + " \"summary\": \"%s\", \"details\": \"complete\", \"backfill\": false,"
                                        + " \"account\": {\"id\": \"w/u\"}}")
                                .formatted(
                                        i,
                                        i,
                                        title,
                                        i % 7,
                                        i % 7,
                                        ended,
                                        ended.plusSeconds(1),
                                        i % 50,
                                        "Words. ".repeat(60));
                ProducerRecord<String, byte[]> record =
                        new ProducerRecord<>(prefix + "turns", "t" + i, turn.getBytes(StandardCharsets.UTF_8));
                record.headers()
                        .add("ce_type", "dev.turnpike.codex.turn.completed.v1".getBytes(StandardCharsets.UTF_8));
                record.headers().add("ce_time", ended.toString().getBytes(StandardCharsets.UTF_8));
                sent.add(producer.send(record));
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
    }

    @Test
    void aRuntimeThatGoesAwayIsSaid() throws Exception {
        Browser browser = Browser.installed();
        EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
        Board board = board(new KafkaClients(kafka.brokers(), Map.of()), "codex.", false);

        JsonNode seen = browser.look(board.port(), "broken", () -> {
            board.close();
            kafka.close();
        });

        assertThat(seen.path("said").asText()).contains("retrying");
    }

    @Test
    void oneTurnIsReadAgainWholeAndCommandsGoToTheirTopic(SharedKafka.Brokers brokers) throws Exception {
        String prefix = "board-one.";
        HttpClient http = HttpClient.newHttpClient();
        try (Board board = board(brokers.clients(), prefix, true)) {
            publish(brokers.clients(), prefix);
            String base = "http://127.0.0.1:" + board.port();
            HttpRequest.Builder state = HttpRequest.newBuilder(URI.create(base + "/api/state"));
            JsonNode turns = new ObjectMapper()
                    .readTree(http.send(state.build(), HttpResponse.BodyHandlers.ofString())
                            .body())
                    .path("turns");
            assertThat(turns).hasSize(TURNS);
            assertThat(turns.get(0).path("summary").asText()).hasSizeLessThan(410);
            String reference = turns.get(0).path("reference").asText();
            HttpRequest.Builder one = HttpRequest.newBuilder(URI.create(base + "/api/turns/" + reference));
            assertThat(http.send(one.build(), HttpResponse.BodyHandlers.ofString())
                            .body())
                    .contains("Words. ".repeat(60), turns.get(0).path("turn_id").asText());
            HttpRequest.Builder none = HttpRequest.newBuilder(URI.create(base + "/api/turns/0-999999"));
            assertThat(http.send(none.build(), HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(404);

            String command = "{\"id\": \"board-01234567-0123-4123-8123-0123456789ab\", \"type\": \"task.create\","
                    + " \"environment\": \"acme/shop\", \"prompt\": \"Again\"}";
            HttpRequest sent = HttpRequest.newBuilder(URI.create(base + "/api/commands"))
                    .header("origin", base)
                    .POST(HttpRequest.BodyPublishers.ofString(command))
                    .build();
            assertThat(http.send(sent, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(202);
            assertThat(commands(brokers.clients(), prefix)).singleElement().satisfies(record -> {
                assertThat(record.key()).isEqualTo("board-01234567-0123-4123-8123-0123456789ab");
                assertThat(new ObjectMapper().readTree(record.value())).isEqualTo(new ObjectMapper().readTree(command));
            });
        }
    }

    private static List<ConsumerRecord<String, byte[]>> commands(KafkaClients clients, String prefix) {
        String topic = prefix + "commands";
        try (KafkaConsumer<String, byte[]> consumer = clients.committedReader()) {
            List<TopicPartition> partitions = List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            List<ConsumerRecord<String, byte[]>> found = new ArrayList<>();
            Awaitility.await().until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(found::add);
                return !found.isEmpty();
            });
            return found;
        }
    }
}
