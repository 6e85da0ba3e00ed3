package dev.turnpike.doctor;

import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Topics;
import dev.turnpike.kafka.TransactionVersion;
import dev.turnpike.runtime.TurnpikeRuntime;
import dev.turnpike.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;

/** Checks that the brokers answer, which topics exist, and that the state topic is configured as required. */
final class KafkaChecks {
    private static final String SUBJECT = "Kafka";
    /** Longest wait for one answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final List<String> TIMEOUTS = List.of(
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            AdminClientConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG,
            AdminClientConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG,
            ProducerConfig.MAX_BLOCK_MS_CONFIG);

    private final Settings settings;
    private final Topics topics;
    private final List<Check> checks = new ArrayList<>();

    private KafkaChecks(Settings settings) {
        this.settings = settings;
        this.topics = TurnpikeRuntime.topics(settings);
    }

    static List<Check> of(Settings settings) {
        if (settings.isSet("kafka.brokers")) {
            return of(settings, String.join(",", settings.list("kafka.brokers")));
        }
        Check port = Ports.check(settings, List.of("kafka.embedded.port")).get(0);
        if (!port.isFailed()) {
            return List.of(
                    Check.ok(SUBJECT, "kafka.brokers is empty: run starts the embedded broker; " + port.finding()));
        }
        // in use, by a running Turnpike or by another program
        return of(settings, "127.0.0.1:" + settings.integer("kafka.embedded.port"));
    }

    private static List<Check> of(Settings settings, String brokers) {
        Map<String, String> properties = new HashMap<>(settings.kafkaProperties());
        try {
            new KafkaClients(brokers, properties).check();
        } catch (KafkaException e) {
            return List.of(Check.failed(SUBJECT, KafkaClients.describe(e), "check kafka.properties.*"));
        }
        TIMEOUTS.forEach(timeout -> properties.put(timeout, String.valueOf(PATIENCE.toMillis())));
        KafkaClients clients = new KafkaClients(brokers, properties);
        KafkaChecks run = new KafkaChecks(settings);
        try (Admin admin = clients.admin()) {
            int nodes = KafkaClients.answer(admin.describeCluster().nodes()).size();
            run.checks.add(Check.ok(SUBJECT, brokers + " answers, " + nodes + (nodes == 1 ? " broker" : " brokers")));
            TransactionVersion.complaint(admin, PATIENCE)
                    .ifPresent(complaint -> run.checks.add(Check.warning("Kafka transactions", complaint, "")));
            run.topics(admin);
            new KafkaPermissions(admin, clients, run.topics).of(settings).ifPresent(run.checks::add);
        } catch (InterruptedException | InterruptException e) {
            Thread.currentThread().interrupt();
            run.checks.add(Check.skipped(SUBJECT, "interrupted"));
        } catch (KafkaException e) {
            run.checks.add(failed(brokers, e));
        }
        return run.checks;
    }

    private void topics(Admin admin) {
        Set<String> names = new TreeSet<>(KafkaClients.answer(admin.listTopics().names()));
        names.removeIf(topic -> !topic.startsWith(topics.prefix()));
        checks.add(Check.ok(
                "topics",
                names.isEmpty()
                        ? "none begins with " + topics.prefix() + " yet: run creates them"
                        : String.join(", ", names)));
        if (names.contains(topics.state())) {
            checks.add(state(admin, topics.state()));
        }
        for (Map.Entry<String, String> table : new TreeMap<>(topics.tables()).entrySet()) {
            String topic = table.getKey();
            String cleanUp = names.contains(topic) ? cleanUp(admin, topic).orElse(null) : null;
            if (cleanUp != null && !cleanUp.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
                checks.add(Check.warning(
                        topic,
                        "cleanup.policy is " + cleanUp + ": " + table.getValue(),
                        "if this is not intended, " + compact(topic)));
            }
        }
    }

    private static String compact(String topic) {
        return "set it to compact: kafka-configs.sh --alter --topic " + topic + " --add-config cleanup.policy=compact";
    }

    private Check state(Admin admin, String topic) {
        int partitions = KafkaClients.answer(
                        admin.describeTopics(List.of(topic)).allTopicNames())
                .get(topic)
                .partitions()
                .size();
        String cleanUp = cleanUp(admin, topic).orElse(null);
        if (cleanUp != null && !cleanUp.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            return Check.failed(topic, "cleanup.policy is " + cleanUp + ": known state would be lost", compact(topic));
        }
        if (partitions != topics.shards()) {
            return Check.failed(
                    topic,
                    partitions + " partitions, but shards = " + topics.shards() + " (" + settings.origin("shards")
                            + ")",
                    "set shards=" + partitions + "; it is fixed once the topic exists");
        }
        return cleanUp == null
                ? Check.warning(
                        topic,
                        partitions + " partitions; its cleanup.policy could not be read",
                        "check that its cleanup.policy is compact, or allow DescribeConfigs")
                : Check.ok(topic, "compacted, " + partitions + " partitions");
    }

    private static Optional<String> cleanUp(Admin admin, String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return Topics.cleanUp(admin.describeConfigs(List.of(resource)).values().get(resource));
    }

    private static Check failed(String brokers, Throwable failure) {
        if (failure instanceof AuthenticationException) {
            return Check.failed(
                    SUBJECT,
                    brokers + " refuses the sign-in: " + failure.getMessage(),
                    "check kafka.properties.security.protocol, sasl.* and ssl.*");
        }
        if (failure instanceof AuthorizationException) {
            return Check.failed(
                    SUBJECT, brokers + " denied access: " + failure.getMessage(), "check the ACLs of this user");
        }
        if (failure instanceof TimeoutException) {
            return Check.failed(
                    SUBJECT,
                    brokers + " does not answer",
                    "check kafka.brokers, the broker's advertised listeners, and kafka.properties.security.protocol");
        }
        return Check.failed(
                SUBJECT, brokers + ": " + KafkaClients.describe(failure), "check kafka.brokers and kafka.properties.*");
    }
}
