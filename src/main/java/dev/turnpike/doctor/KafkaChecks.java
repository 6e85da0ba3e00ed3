package dev.turnpike.doctor;

import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Topics;
import dev.turnpike.kafka.TransactionsVersion;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * Checks that the brokers answer, which topics exist, and that the state topic is configured as required.
 *
 * @param patience longest wait for one answer
 */
record KafkaChecks(Duration patience) {
    private static final String SUBJECT = "Kafka";
    private static final List<String> TIMEOUTS = List.of(
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
            AdminClientConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG,
            AdminClientConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG);

    List<Check> of(Settings settings) {
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

    private List<Check> of(Settings settings, String brokers) {
        Map<String, Object> properties = new HashMap<>(settings.kafkaProperties());
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        TIMEOUTS.forEach(timeout -> properties.put(timeout, String.valueOf(patience.toMillis())));
        List<Check> checks = new ArrayList<>();
        try {
            new KafkaClients(brokers, settings.kafkaProperties()).check();
        } catch (KafkaException e) {
            return List.of(Check.failed(SUBJECT, KafkaClients.words(e), "check kafka.properties.*"));
        }
        try (Admin admin = Admin.create(properties)) {
            int nodes = answer(admin.describeCluster().nodes()).size();
            checks.add(Check.ok(SUBJECT, brokers + " answers, " + nodes + (nodes == 1 ? " broker" : " brokers")));
            TransactionsVersion.complaint(admin, patience)
                    .ifPresent(complaint -> checks.add(Check.warning("Kafka transactions", complaint, "")));
            topics(admin, settings, checks);
            new KafkaPermissions(admin, properties, settings, TurnpikeRuntime.topics(settings), patience)
                    .check()
                    .ifPresent(checks::add);
        } catch (ExecutionException e) {
            checks.add(failed(brokers, e.getCause()));
        } catch (TimeoutException | KafkaException e) {
            checks.add(failed(brokers, e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            checks.add(Check.skipped(SUBJECT, "interrupted"));
        }
        return checks;
    }

    private void topics(Admin admin, Settings settings, List<Check> checks)
            throws ExecutionException, InterruptedException, TimeoutException {
        String prefix = settings.text("topics.prefix");
        Set<String> topics = new TreeSet<>(answer(admin.listTopics().names()));
        topics.removeIf(topic -> !topic.startsWith(prefix));
        checks.add(Check.ok(
                "topics",
                topics.isEmpty()
                        ? "none begins with " + prefix + " yet: run creates them"
                        : String.join(", ", topics)));
        String state = prefix + "state";
        if (topics.contains(state)) {
            checks.add(state(admin, settings, state));
        }
        for (Map.Entry<String, String> table :
                new TreeMap<>(TurnpikeRuntime.topics(settings).tables()).entrySet()) {
            if (topics.contains(table.getKey())) {
                table(admin, table.getKey(), table.getValue()).ifPresent(checks::add);
            }
        }
    }

    private Optional<Check> table(Admin admin, String topic, String loss)
            throws ExecutionException, InterruptedException, TimeoutException {
        String cleanUp = cleanUp(admin, new ConfigResource(ConfigResource.Type.TOPIC, topic));
        return cleanUp == null || cleanUp.equals(TopicConfig.CLEANUP_POLICY_COMPACT)
                ? Optional.empty()
                : Optional.of(Check.warning(
                        topic,
                        "cleanup.policy is " + cleanUp + ": " + loss,
                        "unless that is meant, " + compact(topic)));
    }

    private static String compact(String topic) {
        return "set it to compact: kafka-configs.sh --alter --topic " + topic + " --add-config cleanup.policy=compact";
    }

    private Check state(Admin admin, Settings settings, String topic)
            throws ExecutionException, InterruptedException, TimeoutException {
        int partitions = answer(admin.describeTopics(List.of(topic)).allTopicNames())
                .get(topic)
                .partitions()
                .size();
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        String cleanUp = cleanUp(admin, resource);
        if (cleanUp != null && !cleanUp.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            return Check.failed(topic, "cleanup.policy is " + cleanUp + ": known state would be lost", compact(topic));
        }
        int shards = settings.integer("shards");
        if (partitions != shards) {
            return Check.failed(
                    topic,
                    partitions + " partitions, but shards = " + shards + " (" + settings.origin("shards") + ")",
                    "set shards=" + partitions + "; it is fixed once the topic exists");
        }
        return cleanUp == null
                ? Check.warning(
                        topic,
                        partitions + " partitions; its cleanup.policy could not be read",
                        "check that its cleanup.policy is compact, or allow DescribeConfigs")
                : Check.ok(topic, "compacted, " + partitions + " partitions");
    }

    /** Null where the user lacks the permission, or the broker leaves it out. */
    private String cleanUp(Admin admin, ConfigResource resource)
            throws ExecutionException, InterruptedException, TimeoutException {
        try {
            return Topics.cleanUp(
                            answer(admin.describeConfigs(List.of(resource)).all())
                                    .get(resource))
                    .orElse(null);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException) {
                return null;
            }
            throw e;
        }
    }

    private <T> T answer(KafkaFuture<T> future) throws ExecutionException, InterruptedException, TimeoutException {
        return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
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
                    SUBJECT, brokers + " does not allow it: " + failure.getMessage(), "check the ACLs of this user");
        }
        if (failure instanceof TimeoutException || failure instanceof org.apache.kafka.common.errors.TimeoutException) {
            return Check.failed(
                    SUBJECT,
                    brokers + " does not answer",
                    "check kafka.brokers, the broker's advertised listeners, and kafka.properties.security.protocol");
        }
        return Check.failed(
                SUBJECT, brokers + ": " + KafkaClients.words(failure), "check kafka.brokers and kafka.properties.*");
    }
}
