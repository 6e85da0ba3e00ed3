package dev.turnpike.sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The route files that a user may drop into routes/, as they are shipped. */
class ExampleRoutesIT {
    /** No link, neither by Markdown nor by its address alone. */
    private static final String SHOWN =
            "Fix \"quotes\" \\\\ and @everyone \\<b\\> \\[here\\]\\(http:\u200b//evil.test\\)";

    private static final String TITLE = "Fix \"quotes\" \\ and @everyone <b> [here](http://evil.test)";

    @TempDir
    Path folder;

    @Test
    void aFileSinkTakesTenLinesAndLosesNothingOverARestart() throws Exception {
        Path example = Path.of("routes/examples/file.camel.yaml");
        assertThat(Files.readAllLines(example).stream().filter(line -> !line.startsWith("#")))
                .hasSizeLessThanOrEqualTo(10);
        Path file = folder.resolve("turns.jsonl");
        try (SinkKafka kafka = new SinkKafka()) {
            try (RunningSinks running =
                    RunningSinks.withRoute(kafka, example.toString(), Map.of("data.dir", folder.toString()))) {
                assertThat(running.context().getRoute("turns-to-file")).isNotNull();
                kafka.turn("t1", 1, "completed");
                await().until(() -> lines(file).size() == 1);
                await().until(() -> kafka.lag(
                                kafka.topics().prefix() + "turns-to-file",
                                kafka.topics().topic("turns"))
                        == 0);
            }
            kafka.turn("t1", 2, "failed");
            try (RunningSinks running =
                    RunningSinks.withRoute(kafka, example.toString(), Map.of("data.dir", folder.toString()))) {
                assertThat(running.context().getRoute("turns-to-file")).isNotNull();
                await().until(() -> lines(file).size() == 2);
            }
            assertThat(lines(file))
                    .allSatisfy(line -> assertThat(new ObjectMapper()
                                    .readTree(line)
                                    .path("task_id")
                                    .asText())
                            .isEqualTo("t1"));
        }
    }

    @Test
    void teamsGetsAnAdaptiveCard() throws Exception {
        JsonNode body = posted("teams", "TEAMS_URL");
        JsonNode card = body.path("attachments").path(0).path("content");
        assertThat(body.path("type").asText()).isEqualTo("message");
        assertThat(card.path("type").asText()).isEqualTo("AdaptiveCard");
        assertThat(card.path("body").path(0).path("text").asText())
                .contains("Codex turn completed: " + SHOWN, "https://chatgpt.com/codex/tasks/t1");
    }

    @Test
    void discordGetsAMessageThatMentionsNobody() throws Exception {
        JsonNode body = posted("discord", "DISCORD_URL");
        assertThat(body.path("content").asText()).contains(SHOWN).hasSizeLessThanOrEqualTo(2000);
        assertThat(body.path("allowed_mentions").path("parse").isEmpty()).isTrue();
        assertThat(body.path("allowed_mentions").path("parse").isArray()).isTrue();
    }

    /** With all records in one poll the pauses between tries add up, and Kafka gives the partitions away, for ever. */
    @Test
    void turnsThatAreTriedAgainArePostedOnceThoughTogetherTheyTakeLongerThanAPollMay() throws Exception {
        Set<String> failed = ConcurrentHashMap.newKeySet();
        List<String> accepted = new CopyOnWriteArrayList<>();
        try (SinkKafka kafka = new SinkKafka();
                TestServer chat = new TestServer() {
                    @Override
                    protected Answer answer(HttpExchange exchange, String body) {
                        if (failed.add(body)) {
                            return Answer.status(503);
                        }
                        accepted.add(body);
                        return Answer.status(204);
                    }
                }) {
            Path copy = Files.writeString(
                    folder.resolve("slow.camel.yaml"),
                    Files.readString(Path.of("routes/examples/discord.camel.yaml"))
                            .replace("{{env:DISCORD_URL}}", chat.uri("/hook").toString())
                            .replaceAll("redeliveryDelay: \\d+", "redeliveryDelay: 700"));
            for (int number = 1; number <= 12; number++) {
                String title = "Turn " + number;
                kafka.turn("t1", number, "completed", data -> data.put("title", title));
            }
            try (RunningSinks running = RunningSinks.withRoute(
                    kafka, copy.toString(), Map.of("camel.component.kafka.maxPollIntervalMs", "5000"))) {
                assertThat(running.context().getRoute("discord")).isNotNull();
                await().until(() -> accepted.size() >= 12);
                await().until(() -> kafka.lag(
                                kafka.topics().prefix() + "discord",
                                kafka.topics().topic("turns"))
                        == 0);
            }
        }
        assertThat(accepted).hasSize(12).doesNotHaveDuplicates();
    }

    /** The first post fails; the history is not posted; the second post is of the turn that ended now. */
    private JsonNode posted(String name, String variable) throws Exception {
        List<JsonNode> bodies = new CopyOnWriteArrayList<>();
        List<String> foreign = new CopyOnWriteArrayList<>();
        try (SinkKafka kafka = new SinkKafka();
                Chat chat = new Chat(bodies, foreign)) {
            String route = Files.readString(Path.of("routes/examples/" + name + ".camel.yaml"));
            assertThat(route).contains("{{env:" + variable + "}}");
            Path copy = Files.writeString(
                    folder.resolve(name + ".camel.yaml"),
                    route.replace(
                                    "{{env:" + variable + "}}",
                                    chat.uri("/hook?sig=a%2Fb&v=1").toString())
                            .replaceAll("redeliveryDelay: \\d+", "redeliveryDelay: 50"));
            kafka.turn("t1", 1, "completed", data -> data.put("backfill", true));
            kafka.turn("t1", 2, "completed", data -> data.put("title", TITLE).put("branch", "b".repeat(5_000)));
            try (RunningSinks running = RunningSinks.withRoute(kafka, copy.toString(), Map.of())) {
                assertThat(running.context().getRoute(name)).isNotNull();
                await().until(() -> bodies.size() == 2);
                await().until(() ->
                        kafka.lag(kafka.topics().prefix() + name, kafka.topics().topic("turns")) == 0);
            }
        }
        assertThat(foreign).isEmpty();
        assertThat(bodies).hasSize(2);
        assertThat(bodies.get(1)).isEqualTo(bodies.get(0));
        return bodies.get(1);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Chat extends TestServer {
        private final List<JsonNode> bodies;
        private final List<String> foreign;

        Chat(List<JsonNode> bodies, List<String> foreign) {
            this.bodies = bodies;
            this.foreign = foreign;
        }

        @Override
        protected Answer answer(HttpExchange exchange, String body) {
            exchange.getRequestHeaders().keySet().stream()
                    .filter(name -> name.startsWith("Ce_") || name.startsWith("Kafka") || name.startsWith("Camel"))
                    .forEach(foreign::add);
            if (!"sig=a%2Fb&v=1".equals(exchange.getRequestURI().getRawQuery())) {
                return Answer.status(404);
            }
            try {
                bodies.add(new ObjectMapper().readTree(body));
            } catch (IOException e) {
                return Answer.status(400);
            }
            return bodies.size() == 1 ? Answer.status(503) : Answer.status(204);
        }
    }
}
