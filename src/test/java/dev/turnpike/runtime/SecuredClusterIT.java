package dev.turnpike.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.turnpike.doctor.Check;
import dev.turnpike.doctor.DoctorChecks;
import dev.turnpike.kafka.SecuredKafka;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.sandbox.world.Ledger;
import dev.turnpike.sandbox.world.Pace;
import dev.turnpike.settings.Settings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a cluster with ACLs, SASL and TLS: what {@code docs/kafka.md} says is enough, and doctor names what is missing. */
class SecuredClusterIT {

    @TempDir
    private static Path folder;

    private static SecuredKafka kafka;
    private final Map<String, String> values = new HashMap<>();

    @BeforeAll
    static void start() throws Exception {
        kafka = SecuredKafka.start(folder, (short) 2);
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @AfterEach
    void allowNothing() throws Exception {
        kafka.allowNothing();
    }

    /** The list of {@code docs/kafka.md}. */
    private void allowWhatTheDocumentLists(String prefix) throws Exception {
        kafka.allow(ResourceType.TOPIC, prefix, AclOperation.CREATE, AclOperation.READ, AclOperation.WRITE);
        kafka.allow(ResourceType.GROUP, prefix, AclOperation.READ);
        kafka.allow(ResourceType.TRANSACTIONAL_ID, prefix, AclOperation.WRITE);
    }

    private Settings settings(String prefix) {
        values.putAll(kafka.settings());
        values.put("topics.prefix", prefix);
        values.put("topics.partitions", "2");
        values.put("shards", "2");
        values.put("management.port", "0");
        values.put("http.port", "0");
        values.put("data.dir", folder.resolve("turnpike").toString());
        return Settings.of(values);
    }

    @Test
    void theListOfTheDocumentIsEnoughForEventsAndSinks() throws Exception {
        allowWhatTheDocumentLists("enough.");
        Queue<String> delivered = new ConcurrentLinkedQueue<>();
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 20);
        receiver.createContext("/", exchange -> {
            delivered.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        receiver.start();
        try (SandboxBackend sandbox = SandboxBackend.builder().seed(7).start()) {
            values.put("codex.base-url", sandbox.baseUri().toString());
            values.put("codex.token-url", sandbox.tokenUri().toString());
            values.put(
                    "codex.auth-files",
                    sandbox.writeCodexHome(folder.resolve("codex")).toString());
            values.put("poll.tick", "200ms");
            values.put("poll.tasks.active", "1s");
            values.put("poll.tasks.idle", "1s");
            values.put(
                    "webhook.url", "http://127.0.0.1:" + receiver.getAddress().getPort() + "/");
            values.put("webhook.secret", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz");
            Settings settings = settings("enough.");
            assertThat(checks(settings)).noneMatch(check -> check.subject().equals("Kafka permissions"));
            try (RunningTurnpike turnpike = TurnpikeRuntime.start(settings, Clock.systemUTC())) {
                assertThat(turnpike.brokers()).doesNotContain("://");
                sandbox.pace(Pace.busy());
                await().until(() -> sandbox.ledger().entries().stream().anyMatch(Ledger.Entry::isOver));
                await().until(() -> delivered.stream().anyMatch(body -> body.contains("turn_id")));
            }
            // with topics, groups and ids that have been used
            assertThat(checks(settings)).noneMatch(check -> check.subject().equals("Kafka permissions"));
            assertThat(check(settings, "enough.state").state()).isEqualTo(Check.State.WARNING);
        } finally {
            receiver.stop(0);
        }
    }

    @Test
    void doctorNamesWhatIsMissingAsAnAclWould() throws Exception {
        kafka.allow(ResourceType.TOPIC, "partly.", AclOperation.CREATE, AclOperation.READ);
        kafka.allow(ResourceType.TRANSACTIONAL_ID, "turnpike", PatternType.LITERAL, AclOperation.WRITE);
        values.put("webhook.url", "http://127.0.0.1:1/");
        values.put("webhook.secret", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz");
        Settings settings = settings("partly.");

        Check missing = check(settings, "Kafka permissions");

        assertThat(missing.state()).isEqualTo(Check.State.FAILED);
        assertThat(missing.finding())
                .contains(
                        "transactional id partly.state-0 Write",
                        "transactional id partly.command-log-0 Write",
                        "group partly.state Read",
                        "group partly.commands Read",
                        "group partly.turnpike-webhook-default Read");
        assertThat(missing.advice()).contains("docs/kafka.md");

        kafka.operator()
                .createTopics(List.of(TurnpikeRuntime.topics(settings).newTopic("partly.turns")))
                .all()
                .get();
        await().untilAsserted(() ->
                assertThat(check(settings, "Kafka permissions").finding()).contains("topic partly.turns Write"));
        kafka.allowNothing();
        await().untilAsserted(
                        () -> assertThat(check(settings, "Kafka permissions").finding())
                                .contains("topic partly.usage Describe, Read, Write"));
    }

    @Test
    void aStartThatMayNotCreateItsTopicsNamesOne() {
        assertThatThrownBy(() -> TurnpikeRuntime.start(settings("never."), Clock.systemUTC()))
                .hasMessageContaining("Topic never.")
                .hasMessageContaining("allow Create and Describe");
    }

    @Test
    void aClusterWhoseTransactionsCanTearIsNamed() throws Exception {
        allowWhatTheDocumentLists("old.");
        Settings settings = settings("old.");
        assertThat(checks(settings)).noneMatch(check -> check.subject().equals("Kafka transactions"));

        feature((short) 1, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE);
        try {
            Check old = check(settings, "Kafka transactions");
            assertThat(old.state()).isEqualTo(Check.State.WARNING);
            assertThat(old.finding()).contains("transaction.version is 1", "KAFKA-17754", "kafka-features.sh upgrade");
        } finally {
            feature((short) 2, FeatureUpdate.UpgradeType.UPGRADE);
        }
    }

    private static void feature(short level, FeatureUpdate.UpgradeType how) throws Exception {
        kafka.operator()
                .updateFeatures(
                        Map.of("transaction.version", new FeatureUpdate(level, how)), new UpdateFeaturesOptions())
                .all()
                .get();
        await().until(() -> kafka.operator()
                        .describeFeatures()
                        .featureMetadata()
                        .get()
                        .finalizedFeatures()
                        .get("transaction.version")
                        .maxVersionLevel()
                == level);
    }

    private static Check check(Settings settings, String subject) {
        List<Check> checks = checks(settings);
        return checks.stream()
                .filter(check -> check.subject().equals(subject))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + subject + " in " + checks));
    }

    private static List<Check> checks(Settings settings) {
        return new DoctorChecks((given, refresh, probes) -> {}, Clock.systemUTC(), false).of(settings);
    }
}
