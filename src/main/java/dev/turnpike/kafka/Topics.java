package dev.turnpike.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names of the topics that Turnpike writes, and creation of missing ones. Existing topics are left unchanged, but one
 * on which the guarantees cannot hold makes the startup fail.
 *
 * @param prefix of every name
 * @param partitions of the public topics
 * @param shards partitions of the state topic, fixed once it exists
 * @param replication factor, null for the broker's default
 */
public record Topics(String prefix, int partitions, int shards, Short replication) {
    private static final Logger log = LoggerFactory.getLogger(Topics.class);
    private static final int DESCRIBE_TRIES = 600;
    private static final Map<String, String> COMPACTED =
            Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
    private static final String SEVEN_DAYS_MS = "604800000";
    private static final String THIRTY_DAYS_MS = "2592000000";

    public String state() {
        return prefix + "state";
    }

    private String commandLog() {
        return named("command-log");
    }

    public String named(String name) {
        return prefix + name;
    }

    public Set<String> names() {
        Set<String> names = new TreeSet<>(wanted().keySet());
        names.add(commandLog());
        return names;
    }

    public NewTopic newTopic(String topic) {
        return wanted().getOrDefault(topic, topic(topic, partitions, COMPACTED));
    }

    /**
     * Creates what is missing and checks the topics that must not lose a record.
     *
     * @throws TopicsException when one of them is not compacted, when the state topic has another partition count than
     *      {@code shards}, the command log fewer than the commands, or when Kafka does not answer
     */
    public void ensure(Admin admin) {
        try {
            Set<String> existing = KafkaClients.answer(admin.listTopics().names());
            Map<String, NewTopic> wanted = wanted();
            wanted.put(commandLog(), topic(commandLog(), commandPartitions(admin, existing), COMPACTED));
            createMissing(admin, wanted, existing, state());
            checkPartitions(describe(admin, List.of(state(), named("commands"), commandLog(), named("sink-state"))));
            checkCompacted(admin);
        } catch (InterruptException e) {
            throw new TopicsException("Interrupted while reading the topics " + prefix + "*", e);
        } catch (KafkaException e) {
            throw new TopicsException(
                    e instanceof TimeoutException
                            ? "Kafka does not answer a request for the topics " + prefix + "*: check kafka.brokers, the"
                                    + " brokers' advertised listeners and kafka.properties.security.protocol"
                            : "Failed to read the topics " + prefix + "*: " + e.getMessage(),
                    e);
        }
    }

    /** What is known of the commands of a partition is in the partition of the same number. */
    private int commandPartitions(Admin admin, Set<String> existing) {
        String commands = named("commands");
        return existing.contains(commands) && !existing.contains(commandLog())
                ? describe(admin, List.of(commands)).get(commands).partitions().size()
                : partitions;
    }

    /**
     * The state first, since nothing is asked of Codex before it was read, and a broker may take a second for a hundred
     * partitions; the others in one call.
     */
    private static void createMissing(Admin admin, Map<String, NewTopic> wanted, Set<String> existing, String state) {
        Map<Boolean, List<String>> missing = wanted.keySet().stream()
                .filter(topic -> !existing.contains(topic))
                .collect(Collectors.partitioningBy(state::equals));
        create(admin, wanted, missing.get(true));
        create(admin, wanted, missing.get(false));
    }

    private static void create(Admin admin, Map<String, NewTopic> wanted, Collection<String> missing) {
        Map<String, KafkaFuture<Void>> created =
                admin.createTopics(missing.stream().map(wanted::get).toList()).values();
        for (String name : missing) {
            try {
                KafkaClients.answer(created.get(name));
                log.info(
                        "Topic created topic={} partitions={}",
                        name,
                        wanted.get(name).numPartitions());
            } catch (TopicExistsException e) {
                log.debug("Another instance has created the topic meanwhile topic={}", name);
            } catch (AuthorizationException e) {
                throw new TopicsException(
                        "Topic " + name
                                + " is missing, or may not be described, and may not be created by this user:"
                                + " allow Create and Describe, or create it; docs/kafka.md has the list",
                        e);
            } catch (PolicyViolationException | InvalidReplicationFactorException | InvalidPartitionsException e) {
                throw new TopicsException(
                        "Topic " + name + " cannot be created: " + e.getMessage()
                                + "; set topics.replication and topics.partitions as the cluster requires, or create the topics; docs/kafka.md has the list",
                        e);
            }
        }
    }

    private Map<String, NewTopic> wanted() {
        Map<String, NewTopic> wanted = new HashMap<>();
        Map<String, String> kept = Map.of(TopicConfig.RETENTION_MS_CONFIG, THIRTY_DAYS_MS);
        add(wanted, "turns", partitions, kept);
        add(wanted, "tasks", partitions, COMPACTED);
        add(wanted, "usage", partitions, kept);
        add(wanted, "alerts", partitions, kept);
        add(wanted, "dead-letters", partitions, kept);
        add(wanted, "redeliveries", partitions, kept);
        add(wanted, "threads", partitions, COMPACTED);
        add(wanted, "sink-state", partitions, COMPACTED);
        add(wanted, "commands", partitions, Map.of(TopicConfig.RETENTION_MS_CONFIG, SEVEN_DAYS_MS));
        add(wanted, "replies", partitions, kept);
        add(wanted, "state", shards, COMPACTED);
        return wanted;
    }

    private void add(Map<String, NewTopic> wanted, String name, int count, Map<String, String> config) {
        wanted.put(named(name), topic(named(name), count, config));
    }

    private NewTopic topic(String topic, int count, Map<String, String> config) {
        return new NewTopic(topic, Optional.of(count), Optional.ofNullable(replication)).configs(config);
    }

    private void checkPartitions(Map<String, TopicDescription> topics) {
        int count = topics.get(state()).partitions().size();
        if (count != shards) {
            throw new TopicsException(
                    "Topic " + state() + " has " + count + " partitions but shards = " + shards
                            + ": the number is fixed once the topic exists; set shards = " + count,
                    null);
        }
        int commands = topics.get(named("commands")).partitions().size();
        int logs = topics.get(commandLog()).partitions().size();
        if (logs < commands) {
            throw new TopicsException(
                    "Topic " + commandLog() + " has " + logs + " partitions but " + named("commands") + " has "
                            + commands
                            + ": give it as many, the commands of each partition are kept in the one of the same number",
                    null);
        }
    }

    /** Checks the topics that are read back as a whole, from which deleted records would be lost. */
    private void checkCompacted(Admin admin) {
        Map<String, String> loss = Map.of(
                state(), "once its records are deleted, events are published twice",
                commandLog(), "once its records are deleted, commands are executed twice",
                named("sink-state"), "once its records are deleted, deliveries are lost");
        Map<String, String> tables = tables();
        Map<ConfigResource, KafkaFuture<Config>> configs = admin.describeConfigs(Stream.of(loss, tables)
                        .flatMap(topics -> topics.keySet().stream())
                        .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                        .toList())
                .values();
        for (Map.Entry<ConfigResource, KafkaFuture<Config>> config : configs.entrySet()) {
            String topic = config.getKey().name();
            String policy = cleanUp(config.getValue()).orElse(null);
            if (policy == null) {
                log.warn("Failed to read cleanup.policy of topic, make sure it is compact topic={}", topic);
            } else if (!policy.equals(TopicConfig.CLEANUP_POLICY_COMPACT) && tables.containsKey(topic)) {
                log.warn("Topic is not compacted: {} topic={} cleanup.policy={}", tables.get(topic), topic, policy);
            } else if (!policy.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
                throw new TopicsException(
                        "Topic " + topic + " has cleanup.policy = " + policy + " but must be compact: "
                                + loss.get(topic),
                        null);
            }
        }
    }

    /**
     * Topics that readers use as tables, by name, with what happens once their records are deleted. No guarantee depends on
     * them, and who runs the cluster may want less than all of {@code codex.tasks}.
     */
    public Map<String, String> tables() {
        return Map.of(
                named("tasks"), "snapshots of tasks unchanged for longer than retention.ms are lost",
                named("threads"), "once the record of a Slack thread is deleted, later messages start a new thread");
    }

    /** A topic's {@code cleanup.policy}; empty where this user may not read it, or the broker leaves it out. */
    public static Optional<String> cleanUp(KafkaFuture<Config> config) {
        try {
            return setting(KafkaClients.answer(config), TopicConfig.CLEANUP_POLICY_CONFIG);
        } catch (AuthorizationException e) {
            return Optional.empty();
        }
    }

    /** A setting of a topic; empty where the broker omits it, since not every one that speaks Kafka's protocol reports all. */
    public static Optional<String> setting(Config topic, String name) {
        return Optional.ofNullable(topic).map(config -> config.get(name)).map(ConfigEntry::value);
    }

    /** A new topic is not known to every broker at once. */
    private static Map<String, TopicDescription> describe(Admin admin, List<String> topics) {
        for (int tries = 1; ; tries++) {
            try {
                return KafkaClients.answer(admin.describeTopics(topics).allTopicNames());
            } catch (UnknownTopicOrPartitionException e) {
                if (tries >= DESCRIBE_TRIES) {
                    throw e;
                }
                Utils.sleep(100);
            }
        }
    }

    /** A topic is configured wrongly, or Kafka did not answer; the message names it and the correct configuration. */
    public static class TopicsException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public TopicsException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
