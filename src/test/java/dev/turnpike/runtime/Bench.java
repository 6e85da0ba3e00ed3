package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.FreePort;
import dev.turnpike.Patience;
import dev.turnpike.events.EventSchemas;
import dev.turnpike.kafka.CommittedTopic;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.SharedKafka;
import dev.turnpike.sandbox.Requests;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.world.Ledger;
import dev.turnpike.settings.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A runtime in this process that watches accounts of a stand-in, with topics of its own on a broker that others use too.
 */
final class Bench implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String brokers;
    private final SandboxBackend sandbox;
    private final Clock clock;
    private final Map<String, String> values = new HashMap<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Instant started = Instant.now();
    private RunningTurnpike running;

    /**
     * A bench whose runtime is still to be started.
     *
     * @param name of this test, which its topics begin with
     */
    Bench(SharedKafka.Brokers brokers, String name, SandboxBackend sandbox, Clock clock) {
        this.brokers = brokers.text();
        this.sandbox = sandbox;
        this.clock = clock;
        // what a test asks about is among them, however long it has waited
        sandbox.requests().keep(100_000);
        values.put("kafka.brokers", this.brokers);
        values.put("topics.prefix", name + ".");
        values.put("topics.partitions", "2");
        values.put("shards", "2");
        values.put("codex.base-url", sandbox.baseUri().toString());
        values.put("codex.token-url", sandbox.tokenUri().toString());
        values.put("codex.authapi-base-url", sandbox.origin() + "/api/accounts");
        values.put("management.port", Integer.toString(FreePort.any()));
        values.put("http.port", "0");
        values.put("poll.tick", "100ms");
        values.put("poll.tasks.active", "1s");
        values.put("poll.tasks.idle", "1s");
        values.put("codex.call-deadline", "1m");
    }

    Bench set(String name, String value) {
        values.put(name, value);
        return this;
    }

    /** Signs these accounts in, each with a folder below the directory. */
    Bench signIn(Path directory, List<String> accounts) throws IOException {
        List<String> files = new ArrayList<>();
        for (String account : accounts) {
            files.add(
                    sandbox.writeCodexHome(directory.resolve(account), account).toString());
        }
        return set("codex.auth-files", String.join(",", files));
    }

    Bench start() throws Exception {
        running = TurnpikeRuntime.start(Settings.of(values), clock);
        return this;
    }

    void stop() {
        running.close();
        running = null;
    }

    /** The settings of the runtime, by name. */
    Map<String, String> settings() {
        return Map.copyOf(values);
    }

    SandboxBackend sandbox() {
        return sandbox;
    }

    /** A topic by its name without the prefix. */
    TurnsTopic topic(String name) {
        return new TurnsTopic(brokers, values.get("topics.prefix") + name);
    }

    /** The newest record of each key in the state topic. */
    Map<String, JsonNode> state() {
        Map<String, ConsumerRecord<String, byte[]>> newest = new HashMap<>();
        topic("state").records().forEach(known -> newest.put(known.key(), known));
        Map<String, JsonNode> state = new HashMap<>();
        newest.forEach((key, known) -> {
            if (known.value() != null) {
                state.put(key, TurnsTopic.json(known));
            }
        });
        return state;
    }

    /** Waits until so many accounts have a baseline. */
    void awaitContact(int accounts) {
        awaitContact("tasks", accounts);
    }

    /** The same for one source, {@code tasks} or {@code threads}. */
    void awaitContact(String source, int accounts) {
        String prefix = source.equals("threads") ? "thread-account|" : "account|";
        await().pollInterval(Duration.ofMillis(200))
                .until(() -> state().keySet().stream()
                                .filter(key -> key.startsWith(prefix))
                                .count()
                        == accounts);
    }

    /** What the world says must have been reported: turn id and status. */
    List<String> owed() {
        return sandbox.ledger().entries().stream().flatMap(this::endings).toList();
    }

    /** The same for one account of the sandbox, by its number. */
    List<String> owed(int account) {
        return sandbox.ledger().entries().stream()
                .filter(entry -> entry.account().endsWith("/user-sandbox-" + account))
                .flatMap(this::endings)
                .toList();
    }

    /** What ended before this bench was set up is history. */
    private Stream<String> endings(Ledger.Entry entry) {
        return entry.endings().stream()
                .filter(ending -> ending.at().isAfter(started))
                .map(ending -> entry.turnId() + ":" + ending.state().label());
    }

    /** Whether any turn of the world, or another attempt at one, still runs. */
    boolean isAnythingOpen() {
        return sandbox.ledger().entries().stream().anyMatch(entry -> !entry.isOver());
    }

    /** The turns of which all attempts must have been published together. */
    List<String> owedTogether() {
        return sandbox.ledger().entries().stream()
                .filter(entry -> !entry.others().isEmpty() && entry.isOver())
                .filter(entry -> endings(entry).findAny().isPresent())
                .map(Ledger.Entry::turnId)
                .toList();
    }

    /** What of these is not among those. */
    static List<String> lost(List<String> these, List<String> those) {
        Set<String> there = new HashSet<>(those);
        return these.stream().filter(turn -> !there.contains(turn)).toList();
    }

    /** What is there more than once. */
    static List<String> doubled(List<String> reported) {
        Set<String> once = new HashSet<>();
        return reported.stream().filter(turn -> !once.add(turn)).toList();
    }

    /** A reply of the management server. */
    HttpResponse<String> observe(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + values.get("management.port") + "/observe/" + path);
        return http.send(HttpRequest.newBuilder(uri).timeout(Patience.LONGEST).build(), BodyHandlers.ofString());
    }

    /** What the board shows. */
    JsonNode board() throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + running.boardPort() + "/api/state");
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Patience.LONGEST).build();
        return JSON.readTree(http.send(request, BodyHandlers.ofString()).body());
    }

    /** The sum over a metric's samples whose labels contain all of these texts. */
    double metric(String name, String... labels) throws IOException, InterruptedException {
        return observe("metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
                .filter(line -> Stream.of(labels).allMatch(line::contains))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Every record of every event topic is what readers are promised. */
    void assertContract() {
        for (String topic : List.of("turns", "tasks", "usage", "alerts")) {
            topic(topic).records().forEach(EventSchemas::assertValid);
        }
    }

    /** How far each partition of this bench's topics is, transaction markers included. */
    Map<TopicPartition, Long> ends() throws Exception {
        Map<TopicPartition, Long> ends = new HashMap<>();
        try (Admin admin = new KafkaClients(brokers, Map.of()).admin()) {
            for (String topic : admin.listTopics().names().get()) {
                if (topic.startsWith(values.get("topics.prefix"))) {
                    ends.putAll(new CommittedTopic(brokers, topic).ends());
                }
            }
        }
        return ends;
    }

    /** The times of the last requests of an account to an endpoint, as the stand-in saw them. */
    List<Requests.Seen> seen(SandboxEndpoint endpoint, String account) {
        return sandbox.requests().last().stream()
                .filter(request -> request.endpoint() == endpoint && account.equals(request.account()))
                .toList();
    }

    /** Waits until everything that is owed is published. */
    void awaitReported() {
        await().pollInterval(Duration.ofMillis(200))
                .untilAsserted(
                        () -> assertThat(lost(owed(), topic("turns").turns())).isEmpty());
    }

    /** Ends what the stand-in's history has left open, with nothing to follow. */
    void endHistory() {
        sandbox.ledger().entries().stream()
                .filter(entry -> entry.endings().isEmpty())
                .forEach(entry -> sandbox.world().cancel(entry.taskId()));
    }

    /** Nothing is published twice, nothing that has not happened; what is owed may still be on its way. */
    void assertNothingMore() {
        List<String> reported = topic("turns").turns();
        assertThat(doubled(reported)).as("published twice").isEmpty();
        assertThat(lost(reported, owed())).as("published though not owed").isEmpty();
    }

    void assertLive() throws IOException, InterruptedException {
        HttpResponse<String> live = observe("health/live");
        assertThat(live.statusCode()).as(live.body()).isEqualTo(200);
        assertThat(JSON.readTree(live.body()).path("status").asText()).isEqualTo("UP");
    }

    @Override
    public void close() {
        if (running != null) {
            running.close();
        }
        sandbox.close();
    }
}
