package dev.turnpike.doctor;

import dev.turnpike.kafka.Topics;
import dev.turnpike.settings.Settings;
import dev.turnpike.sinks.SinkSettings;
import dev.turnpike.sinks.delivery.SinkKafkaClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Checks that {@code run} has the permissions it needs, without changing anything and without fencing a running
 * instance. Missing ones are named as in ACLs.
 */
final class KafkaPermissions {
    private static final String SUBJECT = "Kafka permissions";
    private static final Set<AclOperation> ON_TOPICS =
            EnumSet.of(AclOperation.DESCRIBE, AclOperation.READ, AclOperation.WRITE);

    private final Admin admin;
    private final Map<String, Object> client;
    private final Settings settings;
    private final Topics topics;
    private final Duration patience;
    private final Set<String> missing = new TreeSet<>();
    private final List<String> unknown = new ArrayList<>();

    /** @param client what the admin client was made of */
    KafkaPermissions(Admin admin, Map<String, Object> client, Settings settings, Topics topics, Duration patience) {
        this.admin = admin;
        this.client = client;
        this.settings = settings;
        this.topics = topics;
        this.patience = patience;
    }

    /** What is missing or could not be checked; empty where all is well. */
    Optional<Check> check() throws InterruptedException, TimeoutException {
        topics();
        groups();
        transactions();
        if (!missing.isEmpty()) {
            return Optional.of(Check.failed(
                    SUBJECT,
                    "this user lacks permissions that run needs: " + String.join("; ", missing),
                    "grant them: docs/kafka.md has the list"));
        }
        return unknown.isEmpty()
                ? Optional.empty()
                : Optional.of(Check.warning(
                        SUBJECT, "not all permissions could be checked: " + String.join("; ", unknown), ""));
    }

    private void topics() throws InterruptedException, TimeoutException {
        Map<String, KafkaFuture<TopicDescription>> asked = admin.describeTopics(
                        topics.names(), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues();
        List<NewTopic> absent = new ArrayList<>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> topic : asked.entrySet()) {
            String what = "topic " + topic.getKey();
            answer(
                            topic.getValue(),
                            what + " Describe, Read, Write",
                            UnknownTopicOrPartitionException.class,
                            () -> absent.add(topics.newTopic(topic.getKey())))
                    .ifPresent(description -> require(what, description.authorizedOperations(), ON_TOPICS));
        }
        Map<String, KafkaFuture<Void>> created = admin.createTopics(
                        absent, new CreateTopicsOptions().validateOnly(true))
                .values();
        for (Map.Entry<String, KafkaFuture<Void>> topic : created.entrySet()) {
            String what = "topic " + topic.getKey() + " Create, unless it is created by hand";
            answer(topic.getValue(), what, TopicExistsException.class, () -> {});
        }
    }

    private void groups() throws InterruptedException, TimeoutException {
        List<String> groups = new ArrayList<>(List.of(topics.state(), topics.named("commands")));
        SinkSettings.names(settings).forEach(sink -> groups.add(SinkKafkaClient.group(topics.prefix(), sink)));
        Map<String, KafkaFuture<ConsumerGroupDescription>> asked = admin.describeConsumerGroups(
                        groups, new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                .describedGroups();
        for (Map.Entry<String, KafkaFuture<ConsumerGroupDescription>> group : asked.entrySet()) {
            String what = "group " + group.getKey();
            answer(group.getValue(), what + " Read", GroupIdNotFoundException.class, () -> {})
                    .ifPresent(description ->
                            require(what, description.authorizedOperations(), EnumSet.of(AclOperation.READ)));
        }
    }

    /** An unused id can be initialised without fencing a producer; for the others only Describe is checked. */
    private void transactions() throws InterruptedException, TimeoutException {
        for (String topic : List.of(topics.state(), topics.named("command-log"))) {
            String id = topic + "-0";
            answer(
                    admin.describeTransactions(List.of(id)).description(id),
                    "transactional id " + id + " Write",
                    TransactionalIdNotFoundException.class,
                    () -> initialise(id));
        }
    }

    private void initialise(String id) {
        Map<String, Object> config = new HashMap<>(client);
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, String.valueOf(patience.toMillis()));
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
        } catch (AuthorizationException e) {
            missing.add("transactional id " + id + " Write");
        } catch (KafkaException e) {
            unknown.add("transactional id " + id + ": " + e.getMessage());
        }
    }

    private void require(String resource, Collection<AclOperation> allowed, Set<AclOperation> wanted) {
        if (allowed == null) {
            unknown.add(resource);
            return;
        }
        List<String> lacking = wanted.stream()
                .filter(operation -> !allowed.contains(operation))
                .map(KafkaPermissions::word)
                .toList();
        if (!lacking.isEmpty()) {
            missing.add(resource + " " + String.join(", ", lacking));
        }
    }

    private static String word(AclOperation operation) {
        return operation.name().charAt(0) + operation.name().substring(1).toLowerCase(Locale.ROOT);
    }

    /**
     * The answer; empty where there is none, which is noted.
     *
     * @param what the permission that it needs
     * @param absent the failure that says that there is no such thing
     * @param whenAbsent what is done then
     */
    private <T> Optional<T> answer(
            KafkaFuture<T> future, String what, Class<? extends ApiException> absent, Runnable whenAbsent)
            throws InterruptedException, TimeoutException {
        try {
            return Optional.ofNullable(future.get(patience.toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            if (absent.isInstance(e.getCause())) {
                whenAbsent.run();
            } else if (e.getCause() instanceof AuthorizationException) {
                missing.add(what);
            } else {
                unknown.add(what + ": " + e.getCause().getMessage());
            }
            return Optional.empty();
        }
    }
}
