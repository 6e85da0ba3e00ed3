package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.turnpike.FreePort;
import dev.turnpike.Patience;
import dev.turnpike.TurnpikeProcess;
import dev.turnpike.commandline.Turnpike;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.faults.Fault;
import dev.turnpike.sandbox.faults.FaultRule;
import dev.turnpike.sandbox.world.Pace;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The runtime in a process of its own that logs all it can, with tokens that are refused, refreshed and spent, and replies
 * full of what is nobody's business: none of it comes out anywhere.
 */
@ExtendWith(SharedKafka.class)
class SecretsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> TOPICS = List.of(
            "turns", "tasks", "usage", "alerts", "state", "replies", "command-log", "dead-letters", "sink-state");
    private static final String SIGNING_KEY = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String WEBHOOK_PATH = "hunter2-in-the-path";
    private static final String BOARD_TOKEN = "hunter2-of-the-board";

    @TempDir
    Path directory;

    @Test
    void nothingSecretComesOutAtAnyLogLevel(SharedKafka.Brokers brokers) throws Exception {
        SandboxBackend sandbox =
                SandboxBackend.builder().seed(81).accounts(3).history(3).start();
        Set<String> secrets = new LinkedHashSet<>();
        secrets.add("SECRET_");
        List<Path> homes = List.of(directory.resolve("a1"), directory.resolve("a2"));
        Path output = directory.resolve("output");
        HttpServer receiver = refusing();
        secrets.addAll(List.of(SIGNING_KEY, WEBHOOK_PATH, BOARD_TOKEN));
        // only for its topics and its settings; the runtime is the process below
        try (Bench bench = new Bench(brokers, "secrets", sandbox, Clock.systemUTC())
                .set("log.level", "trace")
                .set("codex.call-deadline", "2s")
                .set("http.port", Integer.toString(FreePort.any()))
                .set("board.token", BOARD_TOKEN)
                .set("commands.enabled", "true")
                .set("commands.environments", "acme/checkout")
                .set("webhook.url", "http://127.0.0.1:" + receiver.getAddress().getPort() + "/" + WEBHOOK_PATH)
                .signIn(directory, List.of("a1", "a2"))) {
            Map<String, String> settings = new TreeMap<>(bench.settings());
            Process process = start(settings, output);
            try {
                await().until(() -> process.isAlive() && Files.size(output) > 0 && contacted(bench));
                sandbox.pace(Pace.busy().withBetweenTasks(Duration.ofMillis(150)));
                // a good deal of texts goes out before anything goes wrong
                await().until(() -> bench.topic("turns").turns().size() > 10);
                homes.forEach(home -> secrets.addAll(tokens(home)));
                for (String account : List.of("a1", "a2")) {
                    int known = secrets.size();
                    sandbox.tokens().expireAccessTokens(account);
                    await().until(() -> {
                        homes.forEach(home -> secrets.addAll(tokens(home)));
                        return secrets.size() > known;
                    });
                }
                sandbox.faults().add(FaultRule.mixed(EnumSet.of(Fault.UNAUTHORIZED), 0.2));
                sandbox.faults().add(FaultRule.mixed(Fault.all(), 0.1));
                int before = bench.owed().size();
                for (int step = 0; step < 4; step++) {
                    sandbox.tokens().expireAccessTokens(step % 2 == 0 ? "a1" : "a2");
                    int wanted = before + (step + 1) * 12;
                    await().until(() -> {
                        homes.forEach(home -> secrets.addAll(tokens(home)));
                        return bench.owed().size() > wanted;
                    });
                }
                sandbox.tokens().rotateElsewhere("a2", null);
                sandbox.tokens().expireAccessTokens("a2");
                sandbox.faults().clear();
                sandbox.pace(Pace.quiet());
                await().until(() -> !bench.topic("alerts").records().isEmpty());
                command(brokers, bench);
                await().until(() -> !bench.topic("dead-letters").records().isEmpty());
                homes.forEach(home -> secrets.addAll(tokens(home)));
                String metrics = bench.observe("metrics").body()
                        + bench.observe("health?exposureLevel=full").body();

                assertThat(secrets).as("tokens that were in use").hasSizeGreaterThan(8);
                assertFree("health and metrics", List.of(metrics), secrets);
                for (String topic : TOPICS) {
                    List<String> texts = texts(bench, topic);
                    assertThat(texts).as(topic).isNotEmpty();
                    assertFree(topic, texts, secrets);
                }
                for (String path : List.of("/api/state", "/api/stream", "/api/turns/" + newestTurn(bench))) {
                    assertFree("board " + path, board(bench, path), secrets);
                }
            } finally {
                process.destroy();
                if (!process.waitFor(20, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
                receiver.stop(0);
            }
            List<String> lines = lines(output);
            assertThat(lines).as("lines at TRACE").anyMatch(line -> line.contains(" TRACE "));
            assertThat(lines).anyMatch(line -> line.contains("Credentials refreshed"));
            assertFree("output", lines, secrets);
        }
    }

    /** A receiver that refuses everything and repeats what it was sent, as error pages do. */
    private static HttpServer refusing() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 20);
        server.createContext("/", exchange -> {
            byte[] page = ("Cannot POST " + exchange.getRequestURI()).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(400, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        server.start();
        return server;
    }

    /** One command that is executed, and one that is refused. */
    private static void command(SharedKafka.Brokers brokers, Bench bench) throws Exception {
        try (CommandSender sender =
                new CommandSender(brokers.text(), bench.settings().get("topics.prefix"))) {
            for (String environment : List.of("acme/checkout", "acme/elsewhere")) {
                sender.send(
                        environment,
                        "task.create",
                        CommandSender.fields()
                                .put(
                                        "account",
                                        bench.state().keySet().stream()
                                                .filter(key -> key.startsWith("account|"))
                                                .findFirst()
                                                .orElseThrow()
                                                .substring("account|".length()))
                                .put("environment", environment)
                                .put("prompt", "Look at it"));
                await().until(() -> sender.replies(environment).stream().anyMatch(CommandSender.Reply::isFinal));
            }
        }
    }

    private static String newestTurn(Bench bench) {
        List<ConsumerRecord<String, byte[]>> turns = bench.topic("turns").records();
        ConsumerRecord<String, byte[]> newest = turns.get(turns.size() - 1);
        return newest.partition() + "-" + newest.offset();
    }

    /** What the board sends, with its headers; of the stream the first lines, until what it shows at first is complete. */
    private static List<String> board(Bench bench, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + bench.settings().get("http.port") + path);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .header("authorization", "Bearer " + BOARD_TOKEN)
                .timeout(Patience.LONGEST)
                .build();
        HttpResponse<Stream<String>> reply = HttpClient.newHttpClient().send(request, BodyHandlers.ofLines());
        assertThat(reply.statusCode()).as(path).isEqualTo(200);
        List<String> lines = new ArrayList<>(List.of(reply.headers().toString()));
        try (Stream<String> body = reply.body()) {
            body.takeWhile(line -> !(path.equals("/api/stream") && lines.size() > 20 && line.isEmpty()))
                    .forEach(lines::add);
        }
        assertThat(lines).as(path).hasSizeGreaterThan(1);
        return lines;
    }

    private static boolean contacted(Bench bench) {
        try {
            return bench.state().keySet().stream()
                            .filter(key -> key.startsWith("account|"))
                            .count()
                    == 2;
        } catch (RuntimeException e) {
            // the topics are not there yet
            return false;
        }
    }

    private Process start(Map<String, String> settings, Path output) throws IOException {
        List<String> command = TurnpikeProcess.java(Turnpike.class, "run");
        settings.forEach((name, value) -> command.add("-D" + name + "=" + value));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(name -> name.startsWith("CODEX_") || name.startsWith("SLACK_"));
        builder.environment().put("TURNPIKE_WEBHOOK_SECRET", "whsec_" + SIGNING_KEY);
        return builder.redirectErrorStream(true).redirectOutput(output.toFile()).start();
    }

    /** The secrets in the file of a sign-in; of a JWT the signature, since the other parts are names and times. */
    private static Set<String> tokens(Path home) {
        Set<String> tokens = new LinkedHashSet<>();
        try {
            JsonNode file = JSON.readTree(Files.readString(home.resolve("auth.json")));
            for (String name : List.of("id_token", "access_token", "refresh_token")) {
                String token = file.path("tokens").path(name).asText();
                tokens.add(token.substring(token.lastIndexOf('.') + 1));
            }
        } catch (IOException e) {
            throw new AssertionError("auth.json is always whole", e);
        }
        return tokens;
    }

    private static List<String> texts(Bench bench, String topic) {
        List<String> texts = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> record : bench.topic(topic).records()) {
            texts.add(String.valueOf(record.key()));
            texts.add(record.value() == null ? "" : new String(record.value(), StandardCharsets.UTF_8));
            record.headers()
                    .forEach(header ->
                            texts.add(header.key() + "=" + new String(header.value(), StandardCharsets.UTF_8)));
        }
        return texts;
    }

    private static List<String> lines(Path output) throws IOException {
        try (BufferedReader reader = Files.newBufferedReader(output, StandardCharsets.ISO_8859_1)) {
            return reader.lines().toList();
        }
    }

    private static void assertFree(String where, List<String> texts, Set<String> secrets) {
        List<String> leaks = texts.stream()
                .filter(text -> secrets.stream().anyMatch(text::contains))
                .map(text -> {
                    String secret =
                            secrets.stream().filter(text::contains).findFirst().orElseThrow();
                    int at = text.indexOf(secret);
                    return text.substring(0, Math.min(160, text.length())) + " … "
                            + text.substring(Math.max(0, at - 100), Math.min(text.length(), at + 60));
                })
                .limit(20)
                .toList();
        assertThat(leaks).as("secrets in " + where).isEmpty();
    }
}
