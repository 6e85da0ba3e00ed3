package dev.turnpike.board;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.MovableClock;
import dev.turnpike.kafka.EmbeddedKafka;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.ProxiedKafka;
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
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
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
    private static final int CHANGES = 6_000;
    private static final int PARTITIONS = 2;

    @TempDir
    private Path folder;

    private static Board board(KafkaClients clients, String prefix, boolean commands) throws Exception {
        try (Admin admin = clients.admin()) {
            new Topics(prefix, PARTITIONS, 2, null).ensure(admin);
        }
        Board board = new Board(
                clients, prefix, "", commands, KnownSource.polled(Map.of("w/u", Instant.now())), Clock.systemUTC());
        board.start("127.0.0.1", 0);
        return board;
    }

    @Test
    void aReaderGoesOnOnceItsTopicsAreThereAndReadsEachRecordOnce(SharedKafka.Brokers brokers) throws Exception {
        String prefix = "board-later.";
        KafkaClients clients = brokers.clients();
        try (BoardReader reader = BoardReader.start(clients, prefix, false, Clock.systemUTC())) {
            Awaitility.await().until(() -> reader.failure() != null);
            assertThat(reader.failure()).contains("there is no topic board-later.");
            assertThat(reader.isCaughtUp()).isFalse();
            try (Admin admin = clients.admin()) {
                new Topics(prefix, PARTITIONS, 2, null).ensure(admin);
            }
            publish(clients, prefix, 20);

            // the topics may be known before the records are there, so that being caught up says nothing about these
            Awaitility.await().until(() -> reader.changes() == 60);

            Awaitility.await().until(() -> reader.isCaughtUp() && reader.failure() == null);
            assertThat(reader.snapshot(null).turns()).hasSize(20).doesNotHaveDuplicates();
            assertThat(reader.snapshot(null).quotas()).hasSize(40);
        }
    }

    @Test
    void brokersThatAreGoneAreSaidUntilTheyAreBack() throws Exception {
        MovableClock clock = new MovableClock(Instant.now());
        try (ProxiedKafka kafka = ProxiedKafka.start(folder.resolve("kafka"))) {
            KafkaClients clients = new KafkaClients(kafka.proxied(), Map.of());
            try (Admin admin = clients.admin()) {
                new Topics("codex.", PARTITIONS, 2, null).ensure(admin);
            }
            publish(clients, "codex.", 1);
            try (BoardReader reader = BoardReader.start(clients, "codex.", false, clock)) {
                Awaitility.await().until(() -> reader.isCaughtUp() && reader.failure() == null);

                kafka.proxy().cut();
                Awaitility.await().until(() -> {
                    clock.move(Duration.ofSeconds(16));
                    return reader.failure() != null;
                });
                assertThat(reader.failure()).contains("Kafka has not answered for 10 s");

                kafka.proxy().restore();
                Awaitility.await().until(() -> reader.failure() == null);
                assertThat(reader.snapshot(null).turns()).hasSize(1);
            }
        }
    }

    @Test
    void anEmptyBoardSaysSo(SharedKafka.Brokers brokers) throws Exception {
        Browser browser = Browser.installed();
        try (Board board = board(brokers.clients(), "board-empty.", false)) {
            JsonNode seen = browser.look(board.port(), "empty", () -> {});

            assertThat(seen.path("empty")).hasSize(4);
            JsonNode paint = seen.path("paint");
            assertThat(paint.path("ms").asInt()).as("%s", paint).isPositive();
            assertThat(paint.path("sections").asInt()).isEqualTo(6);
            assertThat(paint.path("files").asInt()).as("%s", paint).isBetween(3, 8);
            assertThat(paint.path("bytes").asInt()).as("%s", paint).isBetween(5_000, 100_000);
            assertThat(seen.path("errors")).isEmpty();
        }
    }

    @Test
    void thousandsOfTurnsAreShownAPageAtATimeAndNothingOfThemIsHtml(SharedKafka.Brokers brokers) throws Exception {
        Browser browser = Browser.installed();
        String prefix = "board-many.";
        try (Board board = board(brokers.clients(), prefix, false)) {
            publish(brokers.clients(), prefix, TURNS);

            JsonNode seen = browser.look(board.port(), "many", () -> {});

            assertThat(seen.path("rows").asInt()).isEqualTo(100);
            assertThat(seen.path("moreRows").asInt()).isEqualTo(200);
            assertThat(seen.path("quotas")).as("of the windows used most").hasSize(8);
            assertThat(seen.path("quotas").get(0).asText()).isEqualTo("40 %");
            assertThat(seen.path("moreQuotas").asInt()).isEqualTo(40);
            assertThat(seen.path("overflows").asBoolean(true))
                    .as("long names on a phone")
                    .isFalse();
            assertThat(seen.path("titleLines").asInt()).isEqualTo(3);
            assertThat(seen.path("titleTooltip").asInt()).isEqualTo(1024);
            assertThat(seen.path("openTitleLines").asInt()).isGreaterThan(15);
            assertThat(seen.path("found")).hasSize(1);
            assertThat(seen.path("found").get(0).asText()).isEqualTo("Task number 4321");
            assertThat(seen.path("ranScript").asBoolean(true)).isFalse();
            assertThat(seen.path("images").asInt(1)).isZero();
            assertThat(seen.path("scriptLinks").asInt(1)).isZero();
            assertThat(seen.path("errors")).isEmpty();
            assertThat(seen.path("firstPaintMs").asInt()).isPositive();
        }
    }

    @Test
    void whatBecameOfACommandIsSaid(SharedKafka.Brokers brokers) throws Exception {
        Browser browser = Browser.installed();
        String prefix = "board-replies.";
        KafkaClients clients = brokers.clients();
        try (Board board = board(clients, prefix, true)) {
            publish(clients, prefix, 20);

            JsonNode seen = browser.look(board.port(), "commands", () -> reply(clients, prefix));

            assertThat(seen.path("waiting"))
                    .extracting(JsonNode::asText)
                    .containsExactly("no reply yet", "no reply yet", "no reply yet");
            assertThat(seen.path("replied"))
                    .extracting(JsonNode::asText)
                    .containsExactlyInAnyOrder(
                            "Follow up: Task number 19 | accepted",
                            "Start again: Task number 18 | rejected, environment not allowed: acme/r4 is not in"
                                    + " commands.environments",
                            "Start again: Task number 17 | unknown: it may have taken effect or not, and is not sent"
                                    + " again (no answer: the connection broke)");
            assertThat(seen.path("beside").path(0).asText()).isEqualTo("Sent: no reply yet");
            assertThat(seen.path("besideThen").asText()).startsWith("Sent: unknown: it may");
            assertThat(seen.path("announced").asText())
                    .matches("(Follow up|Start again) Task number 1[789]: (accepted|rejected, |unknown: ).*");
            assertThat(seen.path("task").asText()).isEqualTo("https://example.com/tasks/1");
            assertThat(seen.path("left").asInt()).isEqualTo(2);
            assertThat(seen.path("errors")).isEmpty();
        }
    }

    @Test
    void anAlertWithoutATitleIsAnnouncedByItsAccountAndTheTurnsOfTheNextDayAreInThePlot(SharedKafka.Brokers brokers)
            throws Exception {
        Browser browser = Browser.installed();
        String prefix = "board-news.";
        KafkaClients clients = brokers.clients();
        try (Board board = board(clients, prefix, false)) {
            publish(clients, prefix, 20);

            Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
            JsonNode seen = browser.look(
                    board.port(),
                    "news",
                    () -> write(
                            clients,
                            List.of(
                                    record(
                                            prefix + "alerts",
                                            "w/u",
                                            "auth.required",
                                            Instant.now(),
                                            "{\"message\": \"the token was revoked\", \"account\": {\"id\": \"w/u\"}}"),
                                    turn(prefix, "next", "After midnight", 5, tomorrow))));

            assertThat(seen.path("announced").asText())
                    .isEqualTo("Needs you: w/u. Sign-in required: the token was revoked");
            assertThat(seen.at("/first/inside").asBoolean()).isTrue();
            assertThat(seen.at("/nextDay/inside").asBoolean()).as("%s", seen).isTrue();
            assertThat(seen.path("errors")).isEmpty();
        }
    }

    /** As in an hour of a busy team: more changes than the page keeps, three times over. */
    @Test
    void aPageThatStaysOpenDoesNotGrow(SharedKafka.Brokers brokers) throws Exception {
        Browser browser = Browser.installed();
        String prefix = "board-memory.";
        KafkaClients clients = brokers.clients();
        try (Board board = board(clients, prefix, true)) {
            AtomicInteger round = new AtomicInteger();
            JsonNode seen =
                    browser.look(board.port(), "memory", () -> changes(clients, prefix, round.incrementAndGet()));

            JsonNode first = seen.path("rounds").path(0);
            JsonNode last = seen.path("rounds").path(2);
            assertThat(first.path("turns").asText()).matches("5\\d\\d\\d.*");
            assertThat(last.path("JSHeapUsedSize").asDouble())
                    .as("bytes on the heap after each round: %s", seen)
                    .isLessThan(first.path("JSHeapUsedSize").asDouble() * 1.3 + 1_000_000);
            assertThat(last.path("Nodes").asInt())
                    .as("nodes after each round: %s", seen)
                    .isBetween(100, first.path("Nodes").asInt() + 500);
            assertThat(last.path("JSEventListeners").asInt())
                    .as("listeners after each round: %s", seen)
                    .isLessThan(first.path("JSEventListeners").asInt() + 100);
            assertThat(seen.path("errors")).isEmpty();
        }
    }

    private static void changes(KafkaClients clients, String prefix, int round) {
        List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
        for (int i = 0; i < CHANGES; i++) {
            String task = "r" + round + "-" + i;
            Instant at = Instant.now();
            records.add(turn(prefix, task, "Task " + task, i, at));
            if (i % 50 == 0) {
                records.add(record(
                        prefix + "tasks",
                        "running-" + i % 20,
                        "task.snapshot",
                        at,
                        ("{\"task_id\": \"running-%d\", \"title\": \"Runs %d\", \"status\": \"in_progress\","
                                        + " \"updated_at\": \"%s\", \"environment\": \"env\", \"attempt_count\": 1,"
                                        + " \"archived\": false, \"account\": {\"id\": \"w/u\"}}")
                                .formatted(i % 20, i, at)));
            }
            if (i % 200 == 0) {
                records.add(usage(prefix, "w/u", at, i / 200 + round));
            }
        }
        // the last of each partition: a page that shows them has all before, and no row moves while one is opened
        for (int partition = 0; partition < PARTITIONS; partition++) {
            String title = "End of round " + round + " in partition " + partition;
            ProducerRecord<String, byte[]> end =
                    turn(prefix, "end" + round + "-" + partition, title, partition, Instant.now());
            records.add(new ProducerRecord<>(end.topic(), partition, end.key(), end.value(), end.headers()));
        }
        write(clients, records);
    }

    private static ProducerRecord<String, byte[]> usage(String prefix, String account, Instant at, int percent) {
        return record(
                prefix + "usage",
                account,
                "usage.observed",
                at,
                ("{\"account\": {\"id\": \"%s\"}, \"observed_at\": \"%s\", \"allowed\": true,"
                                + " \"limit_reached\": false, \"windows\": [{\"limit\": \"codex\", \"window\":"
                                + " \"weekly\", \"window_seconds\": 604800, \"used_percent\": %d}]}")
                        .formatted(account, at, percent));
    }

    /** The page's three commands, by the turns they are about, and one of somebody else. */
    private static void reply(KafkaClients clients, String prefix) {
        List<ConsumerRecord<String, byte[]>> commands = new ArrayList<>();
        Awaitility.await().untilAsserted(() -> {
            commands.clear();
            commands.addAll(commands(clients, prefix));
            assertThat(commands).hasSize(3);
        });
        commands.sort(Comparator.comparing(ConsumerRecord::timestamp));
        write(
                clients,
                List.of(
                        reply(prefix, "accepted", commands.get(0).key(), "\"url\": \"https://example.com/tasks/1\""),
                        reply(
                                prefix,
                                "rejected",
                                commands.get(1).key(),
                                "\"reason\": \"environment-not-allowed\", \"outcome\": \"not-executed\","
                                        + " \"detail\": \"acme/r4 is not in commands.environments\""),
                        reply(prefix, "rejected", "somebody-else", "\"reason\": \"expired\""),
                        reply(
                                prefix,
                                "rejected",
                                commands.get(2).key(),
                                "\"reason\": \"no-answer\", \"outcome\": \"unknown\","
                                        + " \"detail\": \"the connection broke\"")));
    }

    private static ProducerRecord<String, byte[]> reply(String prefix, String word, String command, String more) {
        String reply = "{\"command_id\": \"" + command + "\", " + more + "}";
        return record(prefix + "replies", command, "command." + word, Instant.now(), reply);
    }

    private static ProducerRecord<String, byte[]> turn(String prefix, String task, String title, int i, Instant ended) {
        String turn = ("{\"task_id\": \"%s\", \"turn_id\": \"%s~1\", \"status\": \"completed\", \"title\": \"%s\","
                        + " \"url\": \"javascript:injected=1\", \"environment\": \"env-%d\", \"repository\":"
                        + " \"acme/%s\", \"ended_at\": \"%s\", \"observed_at\": \"%s\", \"attempt_count\": 1,"
                        + " \"diff_stats\": {\"files_modified\": 1, \"lines_added\": %d, \"lines_removed\": 2},"
                        + " \"summary\": \"%s\", \"prompt\": \"Again\", \"details\": \"complete\", \"backfill\": false,"
                        + " \"account\": {\"id\": \"w/u\"}}")
                .formatted(
                        task,
                        task,
                        title,
                        i % 7,
                        i % 7 == 6 ? "r".repeat(120) : "r" + i % 7,
                        ended,
                        ended.plusSeconds(1),
                        i % 50,
                        "Words. ".repeat(60));
        return record(prefix + "turns", task, "turn.completed", ended, turn);
    }

    private static ProducerRecord<String, byte[]> record(
            String topic, String key, String type, Instant time, String data) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, key, data.getBytes(StandardCharsets.UTF_8));
        record.headers().add("ce_type", ("dev.turnpike.codex." + type + ".v1").getBytes(StandardCharsets.UTF_8));
        record.headers().add("ce_time", time.toString().getBytes(StandardCharsets.UTF_8));
        return record;
    }

    private static void write(KafkaClients clients, List<ProducerRecord<String, byte[]>> records) {
        Map<String, Object> properties = new HashMap<>(clients.plain());
        // the first batch is refused where the leader is just made; one behind it must not arrive before it is sent
        // again
        properties.put("max.in.flight.requests.per.connection", 1);
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer())) {
            for (Future<RecordMetadata> sent :
                    records.stream().map(producer::send).toList()) {
                sent.get();
            }
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void publish(KafkaClients clients, String prefix, int turns) {
        Instant now = Instant.now();
        List<ProducerRecord<String, byte[]>> records = new ArrayList<>();
        for (int i = 0; i < turns; i++) {
            String title = switch (TURNS - i) {
                case 1 -> "<img src=x onerror=injected=1><script>injected=1</script>";
                case 2 -> "w".repeat(1024);
                default -> "Task number " + i;
            };
            records.add(turn(prefix, "t" + i, title, i, now.minusSeconds(turns - i)));
        }
        for (int account = 1; account <= 40; account++) {
            records.add(usage(prefix, "w/u" + account, now, account));
        }
        write(clients, records);
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

        assertThat(seen.path("said").asText()).matches("No connection since .*[0-9].*, retrying …");
    }

    @Test
    void oneTurnIsReadAgainWholeAndCommandsGoToTheirTopic(SharedKafka.Brokers brokers) throws Exception {
        String prefix = "board-one.";
        HttpClient http = HttpClient.newHttpClient();
        try (Board board = board(brokers.clients(), prefix, true)) {
            publish(brokers.clients(), prefix, TURNS);
            String base = "http://127.0.0.1:" + board.port();
            HttpRequest.Builder state = HttpRequest.newBuilder(URI.create(base + "/api/state"));
            // a reply waits for the topics to have been read, but not for ever
            JsonNode whole = Awaitility.await()
                    .until(
                            () -> new ObjectMapper()
                                    .readTree(http.send(state.build(), HttpResponse.BodyHandlers.ofString())
                                            .body()),
                            seen -> seen.path("complete").asBoolean());
            JsonNode turns = whole.path("turns");
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
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            Awaitility.await().until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(found::add);
                return partitions.stream().allMatch(one -> consumer.position(one) >= ends.get(one));
            });
            return found;
        }
    }
}
