package dev.turnpike.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.events.EventSchemas;
import dev.turnpike.kafka.EmbeddedKafka;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Topics;
import dev.turnpike.runtime.CommandSender;
import dev.turnpike.runtime.CommandSender.Reply;
import dev.turnpike.sandbox.Endpoint;
import dev.turnpike.sandbox.Fault;
import dev.turnpike.sandbox.FaultRule;
import dev.turnpike.sandbox.Pace;
import dev.turnpike.sandbox.Requests;
import dev.turnpike.sandbox.SandboxBackend;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whatever upstream does and whenever the runtime is killed: one final reply per command, and no task twice. */
class CommandCrashIT {
    private static final Logger log = LoggerFactory.getLogger(CommandCrashIT.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Faults after which nothing may have come of a request, and nobody can know. */
    private static final Set<Fault> WITHOUT_EFFECT = EnumSet.of(
            Fault.INTERNAL_ERROR,
            Fault.BAD_GATEWAY,
            Fault.UNAVAILABLE,
            Fault.DRIPPING_ERROR,
            Fault.ENDLESS_ERROR,
            Fault.REDIRECT,
            Fault.HTML);

    private static final String PROMPT = "Command ";

    private final Set<Requests.Seen> posts = new HashSet<>();
    private long cut;

    @TempDir
    Path folder;

    @Test
    void everyCommandIsAnsweredOnceAndNoTaskIsThereTwice() throws Exception {
        killed(60, 3);
    }

    @Test
    @Tag("soak")
    void everyCommandIsAnsweredOnceOverManyKills() throws Exception {
        killed(200, 10);
    }

    private void killed(int commands, int kills) throws Exception {
        long seed = Long.getLong("crash.seed", System.nanoTime());
        Random random = new Random(seed);
        Instant begun = Instant.now();
        try (EmbeddedKafka kafka = EmbeddedKafka.start(folder.resolve("kafka"), 0);
                SandboxBackend sandbox = SandboxBackend.builder()
                        .seed(seed)
                        .drip(Duration.ofMillis(20))
                        .pace(Pace.quiet().withRuns(Duration.ofMillis(200), Duration.ofSeconds(1)))
                        .start()) {
            Path authFile = sandbox.writeCodexHome(folder.resolve("codex"));
            Map<String, String> settings = Map.of(
                    "kafka.brokers",
                    kafka.brokers(),
                    "kafka.properties.session.timeout.ms",
                    "2000",
                    "codex.call-deadline",
                    "1s",
                    "topics.partitions",
                    "8");
            try (Admin admin = new KafkaClients(kafka.brokers(), Map.of()).admin()) {
                new Topics("codex.", 8, 2, null).ensure(admin);
            }
            try (TurnpikeProcess runtime =
                            new TurnpikeProcess("commands", folder.resolve("runtime"), sandbox, authFile, settings);
                    CommandSender sender = new CommandSender(kafka.brokers(), "codex.")) {
                int deferred = deferred(sandbox, runtime, sender, commands / 10);
                sandbox.faults().add(FaultRule.mixed(troubles(), 0.3));
                for (int i = deferred; i < commands; i++) {
                    send(sender, i);
                }
                for (int kill = 2; kill <= kills; kill++) {
                    pause(sandbox, 1500 + random.nextInt(3000));
                    runtime.kill();
                    cut += sender.attempting();
                    runtime.start();
                }
                await().atMost(Duration.ofSeconds(commands * 2L))
                        .pollInterval(Duration.ofMillis(300))
                        .until(() -> {
                            collect(sandbox);
                            return finals(sender).size() >= commands;
                        });
                runtime.stop();
                sandbox.faults().clear();
                judge(sandbox, sender, authFile, commands, deferred);
                log.info(
                        "Commands killed commands={} kills={} seconds={} seed={}",
                        commands,
                        kills,
                        Duration.between(begun, Instant.now()).toSeconds(),
                        seed);
            }
        }
    }

    private static void send(CommandSender sender, int number) throws Exception {
        sender.send(
                "c" + number,
                "task.create",
                CommandSender.fields().put("environment", "acme/checkout").put("prompt", PROMPT + number));
    }

    /** The first of them meet a usage limit, are deferred, and a kill while they wait. */
    private int deferred(SandboxBackend sandbox, TurnpikeProcess runtime, CommandSender sender, int count)
            throws Exception {
        Instant reset = Instant.now().plusSeconds(10);
        usage(sandbox, """
                {"plan_type": "pro", "rate_limit": {"allowed": false, "limit_reached": true, "primary_window":
                 {"used_percent": 100, "limit_window_seconds": 18000, "reset_after_seconds": 9, "reset_at": %d}}}""".formatted(reset.getEpochSecond()));
        for (int i = 0; i < count; i++) {
            send(sender, i);
        }
        runtime.start();
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> sender.replies().size() >= count);
        assertThat(sender.replies())
                .allSatisfy(reply -> assertThat(reply.type()).isEqualTo("deferred"));
        runtime.kill();
        usage(sandbox, "null");
        runtime.start();
        return count;
    }

    private static void usage(SandboxBackend sandbox, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(sandbox.controlUri() + "/usage"))
                .POST(HttpRequest.BodyPublishers.ofString("{\"body\": " + body + "}"))
                .build();
        HttpResponse<String> reply = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
    }

    private void pause(SandboxBackend sandbox, int millis) {
        Instant end = Instant.now().plusMillis(millis);
        await().atMost(Duration.ofMillis(millis + 5000L))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    collect(sandbox);
                    return Instant.now().isAfter(end);
                });
    }

    private void collect(SandboxBackend sandbox) {
        sandbox.requests().last().stream()
                .filter(request -> request.endpoint() == Endpoint.CREATE)
                .forEach(posts::add);
    }

    private static List<Reply> finals(CommandSender sender) {
        return sender.replies().stream().filter(Reply::isFinal).toList();
    }

    private void judge(SandboxBackend sandbox, CommandSender sender, Path authFile, int commands, int deferred)
            throws Exception {
        List<Reply> replies = sender.replies();
        replies.forEach(reply -> EventSchemas.assertValid(reply.message()));
        List<String> answered = finals(sender).stream()
                .map(reply -> reply.data().path("command_id").asText())
                .toList();
        assertThat(answered).as("final replies").doesNotHaveDuplicates().hasSize(commands);

        Map<String, List<String>> tasks = tasksByPrompt(sandbox, authFile);
        assertThat(tasks)
                .as("tasks of one command")
                .allSatisfy((prompt, ids) -> assertThat(ids).as(prompt).hasSize(1));
        int unknown = 0;
        for (Reply reply : finals(sender)) {
            String prompt = PROMPT + reply.data().path("command_id").asText().substring(1);
            List<String> own = tasks.getOrDefault(prompt, List.of());
            if (reply.type().equals("accepted")) {
                assertThat(own)
                        .as(prompt)
                        .containsExactly(reply.data().path("task_id").asText());
            } else if (reply.data().path("outcome").asText().equals("unknown")) {
                unknown++;
            } else {
                assertThat(own).as(prompt + " was rejected: " + reply.data()).isEmpty();
            }
        }
        for (int i = 0; i < deferred; i++) {
            String id = "c" + i;
            List<String> types = replies.stream()
                    .filter(reply -> reply.data().path("command_id").asText().equals(id))
                    .map(Reply::type)
                    .collect(Collectors.toList());
            assertThat(types).as(id).startsWith("deferred").hasSizeGreaterThan(1);
        }
        long spoiled = posts.stream()
                .filter(post -> WITHOUT_EFFECT.contains(post.fault()))
                .count();
        log.info(
                "Commands judged accepted={} unknown={} posts={} spoiled={} cutByKills={} faults={}",
                finals(sender).stream()
                        .filter(reply -> reply.type().equals("accepted"))
                        .count(),
                unknown,
                posts.size(),
                spoiled,
                cut,
                sandbox.faults().served().values().stream()
                        .mapToLong(Long::longValue)
                        .sum());
        assertThat((double) unknown)
                .as("unknown outcomes, with %d requests spoiled and %d cut by kills", spoiled, cut)
                .isLessThanOrEqualTo(spoiled + cut + 0.02 * commands);
    }

    private static Map<String, List<String>> tasksByPrompt(SandboxBackend sandbox, Path authFile) throws Exception {
        String token =
                JSON.readTree(authFile.toFile()).at("/tokens/access_token").asText();
        Map<String, List<String>> tasks = new HashMap<>();
        Set<String> ids =
                sandbox.ledger().entries().stream().map(entry -> entry.taskId()).collect(Collectors.toSet());
        for (String id : ids) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(sandbox.baseUri() + "/wham/tasks/" + id))
                    .header("authorization", "Bearer " + token)
                    .build();
            JsonNode task = JSON.readTree(HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body());
            String prompt =
                    task.at("/current_user_turn/input_items/0/content/0/text").asText();
            tasks.computeIfAbsent(prompt, missing -> new ArrayList<>()).add(id);
        }
        return tasks;
    }

    /** Everything but refused tokens: a token spent just before a kill is gone, and then a person has to sign in. */
    private static Set<Fault> troubles() {
        Set<Fault> troubles = EnumSet.copyOf(Fault.all());
        troubles.remove(Fault.UNAUTHORIZED);
        return troubles;
    }
}
