package dev.turnpike.kafka;

import static org.awaitility.Awaitility.await;

import dev.turnpike.FreePort;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;

/**
 * Two brokers: the first coordinates transactions, the second leads the topics that a test writes, has their only copy,
 * and can be stopped and started again.
 */
public final class KafkaPair implements AutoCloseable {
    private final Path folder;
    private final int controllerPort = FreePort.any();
    private final int firstPort = FreePort.any();
    private final int secondPort = FreePort.any();
    private final EmbeddedKafka first;
    private final Admin admin;
    private EmbeddedKafka second;

    /** Starts both. */
    public KafkaPair(Path folder) throws Exception {
        this.folder = folder;
        first = node(1, firstPort, "broker,controller", ",CONTROLLER://127.0.0.1:" + controllerPort);
        admin = clients(Map.of()).admin();
        // the topic of transactions comes to be where the first of them is opened
        try (KafkaProducer<String, byte[]> any = clients(Map.of()).transactionalProducer("any")) {
            any.initTransactions();
        }
        startSecond();
    }

    public KafkaClients clients(Map<String, String> properties) {
        return new KafkaClients("127.0.0.1:" + firstPort, properties);
    }

    public Admin admin() {
        return admin;
    }

    /** Creates a topic on the second broker alone. */
    public void create(String topic, int partitions) throws Exception {
        create(topic, partitions, 2);
    }

    /** Creates a topic of one partition on the first broker, which is not stopped. */
    public void createOnFirst(String topic) throws Exception {
        create(topic, 1, 1);
    }

    private void create(String topic, int partitions, int broker) throws Exception {
        Map<Integer, List<Integer>> assignments = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            assignments.put(partition, List.of(broker));
        }
        admin.createTopics(List.of(new NewTopic(topic, assignments))).all().get();
    }

    /** Returns when the second broker leads the partition, and has its only copy. */
    public void moveToSecond(TopicPartition partition) throws Exception {
        admin.alterPartitionReassignments(Map.of(partition, Optional.of(new NewPartitionReassignment(List.of(2)))))
                .all()
                .get();
        await().until(() ->
                admin.listPartitionReassignments().reassignments().get().isEmpty());
    }

    /** Returns when it serves clients. */
    public void startSecond() throws Exception {
        second = node(2, secondPort, "broker", "");
        await().until(() -> admin.describeCluster().nodes().get().size() == 2);
    }

    /** Returns when its partitions have no leader. */
    public void stopSecond() {
        if (second != null) {
            second.close();
            second = null;
        }
    }

    private EmbeddedKafka node(int number, int port, String roles, String moreListeners) {
        return EmbeddedKafka.start(
                folder.resolve("node-" + number),
                port,
                Map.of(
                        // a busy machine must not abort a transaction
                        "transaction.abort.timed.out.transaction.cleanup.interval.ms",
                        "3600000",
                        "process.roles",
                        roles,
                        "node.id",
                        Integer.toString(number),
                        "controller.quorum.voters",
                        "1@127.0.0.1:" + controllerPort,
                        "listeners",
                        "PLAINTEXT://127.0.0.1:" + port + moreListeners));
    }

    @Override
    public void close() {
        admin.close();
        stopSecond();
        first.close();
    }
}
