package dev.turnpike.doctor;

import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Topics;
import dev.turnpike.settings.Settings;
import dev.turnpike.sinks.SinkSettings;
import dev.turnpike.sinks.delivery.SinkKafkaClient;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeConsumerGroupsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Checks that {@code run} has the permissions it needs, without changing anything and without fencing a running
 * instance. Missing ones are named as in ACLs.
 */
final class KafkaPermissions {
    private static final String SUBJECT = "Kafka permissions";

    private final Admin admin;
    private final KafkaClients clients;
    private final Topics topics;
    private final Set<String> missing = new TreeSet<>();
    private final List<String> unknown = new ArrayList<>();

    KafkaPermissions(Admin admin, KafkaClients clients, Topics topics) {
        this.admin = admin;
        this.clients = clients;
        this.topics = topics;
    }

    /** What is missing or could not be checked; empty where all is well. */
    Optional<Check> of(Settings settings) {
        topics();
        groups(SinkSettings.names(settings));
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

    private void topics() {
        List<NewTopic> absent = new ArrayList<>();
        admin.describeTopics(topics.names(), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues()
                .forEach((topic, described) -> answer(
                                described,
                                "topic " + topic + " Describe, Read, Write",
                                UnknownTopicOrPartitionException.class,
                                () -> absent.add(topics.newTopic(topic)))
                        .ifPresent(description -> require(
                                "topic " + topic,
                                description.authorizedOperations(),
                                List.of(AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE))));
        admin.createTopics(absent, new CreateTopicsOptions().validateOnly(true))
                .values()
                .forEach((topic, created) -> answer(
                        created,
                        "topic " + topic + " Create, unless it is created manually",
                        TopicExistsException.class,
                        () -> {}));
    }

    private void groups(List<String> sinks) {
        List<String> groups = new ArrayList<>(List.of(topics.state(), topics.named("commands")));
        sinks.forEach(sink -> groups.add(SinkKafkaClient.group(topics.prefix(), sink)));
        admin.describeConsumerGroups(groups, new DescribeConsumerGroupsOptions().includeAuthorizedOperations(true))
                .describedGroups()
                .forEach((group, described) -> answer(
                                described, "group " + group + " Read", GroupIdNotFoundException.class, () -> {})
                        .ifPresent(description -> require(
                                "group " + group, description.authorizedOperations(), List.of(AclOperation.READ))));
    }

    /** An unused id can be initialised without fencing a producer; for the others only Describe is checked. */
    private void transactions() {
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
        try (Producer<String, byte[]> producer = clients.transactionalProducer(id)) {
            producer.initTransactions();
        } catch (AuthorizationException e) {
            missing.add("transactional id " + id + " Write");
        } catch (KafkaException e) {
            unknown.add("transactional id " + id + ": " + e.getMessage());
        }
    }

    private void require(String resource, Collection<AclOperation> allowed, List<AclOperation> wanted) {
        if (allowed == null) {
            unknown.add(resource);
            return;
        }
        List<String> lacking = wanted.stream()
                .filter(operation -> !allowed.contains(operation))
                .map(KafkaPermissions::label)
                .toList();
        if (!lacking.isEmpty()) {
            missing.add(resource + " " + String.join(", ", lacking));
        }
    }

    private static String label(AclOperation operation) {
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
            KafkaFuture<T> future, String what, Class<? extends ApiException> absent, Runnable whenAbsent) {
        try {
            return Optional.ofNullable(KafkaClients.answer(future));
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            if (absent.isInstance(e)) {
                whenAbsent.run();
            } else if (e instanceof AuthorizationException) {
                missing.add(what);
            } else {
                unknown.add(what + ": " + e.getMessage());
            }
            return Optional.empty();
        }
    }
}
