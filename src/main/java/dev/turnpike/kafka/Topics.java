package dev.turnpike.kafka;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics Turnpike writes: names, and how they are made where they are missing. Topics that exist are left as they
 * are, but a state topic on which nothing could be promised refuses the start.
 *
 * @param prefix of every name
 * @param partitions of the public topics
 * @param shards partitions of the state topic, fixed once it exists
 * @param replication factor, null for the broker's default
 */
public record Topics(String prefix, int partitions, int shards, Short replication) {
    private static final Logger log = LoggerFactory.getLogger(Topics.class);
    private static final int DESCRIBE_TRIES = 100;
    private static final String SEVEN_DAYS_MS = "604800000";
    private static final String THIRTY_DAYS_MS = "2592000000";

    public String state() {
        return prefix + "state";
    }

    public String named(String name) {
        return prefix + name;
    }

    /** Every topic that is used. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>(wanted().keySet());
        names.add(named("command-log"));
        return names;
    }

    /** How a topic is created where it is missing. */
    public NewTopic blueprint(String topic) {
        return wanted().getOrDefault(topic, compacted(topic, partitions));
    }

    /**
     * Creates what is missing and checks the state topic.
     *
     * @throws TopicsException when the state topic is not compacted or has another partition count than
     *     {@code shards}, or when Kafka cannot be asked
     */
    public void ensure(Admin admin) {
        try {
            Set<String> existing = admin.listTopics().names().get();
            Map<String, NewTopic> wanted = wanted();
            if (!existing.contains(named("commands"))) {
                wanted.put(named("command-log"), compacted(named("command-log"), partitions));
            }
            create(admin, wanted, existing);
            check(admin);
            commandLog(admin);
        } catch (ExecutionException e) {
            throw new TopicsException(
                    "Kafka could not be asked about the topics " + prefix + "*: "
                            + e.getCause().getMessage(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TopicsException("Interrupted while asking Kafka about the topics " + prefix + "*", e);
        }
    }

    /** In one call: one topic after the other would take a tenth of a second each. */
    private static void create(Admin admin, Map<String, NewTopic> wanted, Set<String> existing)
            throws ExecutionException, InterruptedException {
        Set<String> missing = new HashSet<>(wanted.keySet());
        missing.removeAll(existing);
        if (missing.isEmpty()) {
            return;
        }
        Map<String, KafkaFuture<Void>> created =
                admin.createTopics(missing.stream().map(wanted::get).toList()).values();
        for (String name : missing) {
            try {
                created.get(name).get();
                log.info(
                        "Topic created topic={} partitions={}",
                        name,
                        wanted.get(name).numPartitions());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof AuthorizationException) {
                    throw new TopicsException(
                            "Topic " + name
                                    + " is missing, or may not be described, and may not be created by this user:"
                                    + " allow Create and Describe, or create it; docs/kafka.md has the list",
                            e);
                }
                // another instance that starts at the same time was quicker
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
    }

    private Map<String, NewTopic> wanted() {
        Map<String, NewTopic> wanted = new HashMap<>();
        Map<String, String> kept = Map.of(TopicConfig.RETENTION_MS_CONFIG, THIRTY_DAYS_MS);
        Map<String, String> compacted = Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
        add(wanted, "turns", partitions, kept);
        add(wanted, "tasks", partitions, compacted);
        add(wanted, "usage", partitions, kept);
        add(wanted, "alerts", partitions, kept);
        add(wanted, "dead-letters", partitions, kept);
        add(wanted, "redeliveries", partitions, kept);
        add(wanted, "threads", partitions, compacted);
        add(wanted, "sink-state", partitions, compacted);
        add(wanted, "commands", partitions, Map.of(TopicConfig.RETENTION_MS_CONFIG, SEVEN_DAYS_MS));
        add(wanted, "replies", partitions, kept);
        add(wanted, "state", shards, compacted);
        return wanted;
    }

    private void add(Map<String, NewTopic> wanted, String name, int count, Map<String, String> config) {
        String topic = named(name);
        wanted.put(topic, new NewTopic(topic, Optional.of(count), Optional.ofNullable(replication)).configs(config));
    }

    private NewTopic compacted(String topic, int count) {
        return new NewTopic(topic, Optional.of(count), Optional.ofNullable(replication))
                .configs(Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
    }

    private void check(Admin admin) throws ExecutionException, InterruptedException {
        TopicDescription description = describe(admin, state());
        int count = description.partitions().size();
        if (count != shards) {
            throw new TopicsException(
                    "Topic " + state() + " has " + count + " partitions but shards = " + shards
                            + ": the number is fixed once the topic exists; set shards = " + count,
                    null);
        }
        requireCompact(
                admin,
                state(),
                "it holds what was already published and must be compact, or events would be published twice once its"
                        + " records are deleted");
    }

    /** A topic's {@code cleanup.policy}, which not every broker that speaks Kafka's protocol reports. */
    public static Optional<String> cleanUp(Config topic) {
        return Optional.ofNullable(topic)
                .map(config -> config.get(TopicConfig.CLEANUP_POLICY_CONFIG))
                .map(ConfigEntry::value);
    }

    private static void requireCompact(Admin admin, String topic, String why)
            throws ExecutionException, InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Optional<String> policy = Optional.empty();
        try {
            policy =
                    cleanUp(admin.describeConfigs(List.of(resource)).all().get().get(resource));
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof AuthorizationException)) {
                throw e;
            }
        }
        if (policy.isEmpty()) {
            log.warn(
                    "Whether a topic is compact cannot be asked here, make sure of it topic={} cleanup.policy={}",
                    topic,
                    TopicConfig.CLEANUP_POLICY_COMPACT);
        } else if (!policy.get().equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            throw new TopicsException("Topic " + topic + " has cleanup.policy = " + policy.get() + ": " + why, null);
        }
    }

    /** What is known of the commands of a partition is in the partition of the same number. */
    private void commandLog(Admin admin) throws ExecutionException, InterruptedException {
        int count = describe(admin, named("commands")).partitions().size();
        create(
                admin,
                Map.of(named("command-log"), compacted(named("command-log"), count)),
                admin.listTopics().names().get());
        int logs = describe(admin, named("command-log")).partitions().size();
        if (logs < count) {
            throw new TopicsException(
                    "Topic " + named("command-log") + " has " + logs + " partitions but " + named("commands") + " has "
                            + count + ": give it as many, the commands of each partition are kept in the one of the"
                            + " same number",
                    null);
        }
        requireCompact(
                admin,
                named("command-log"),
                "it holds which commands were carried out and must be compact, or they would be carried out again once"
                        + " its records are deleted");
    }

    /** A topic that was just created is not known to every broker at once. */
    private static TopicDescription describe(Admin admin, String topic)
            throws ExecutionException, InterruptedException {
        for (int tries = 1; ; tries++) {
            try {
                return admin.describeTopics(List.of(topic))
                        .allTopicNames()
                        .get()
                        .get(topic);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || tries >= DESCRIBE_TRIES) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }
}
