package dev.turnpike.kafka;

import static org.awaitility.Awaitility.await;

import dev.turnpike.FreePort;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * Two brokers: the first coordinates transactions, the second leads the topics that a test writes, has their only copy,
 * and can be stopped and started again.
 */
public final class KafkaPair implements AutoCloseable {
    private final Path folder;
    private final int controllerPort = FreePort.any();
    private final int firstPort = FreePort.any();
    private final int secondPort = FreePort.any();
    private final KafkaRaftServer first;
    private final Admin admin;
    private KafkaRaftServer second;

    /** Starts both. */
    public KafkaPair(Path folder) throws Exception {
        this.folder = folder;
        first = server(1, firstPort, "broker,controller");
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
        Map<Integer, List<Integer>> assignments = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            assignments.put(partition, List.of(2));
        }
        admin.createTopics(List.of(new NewTopic(topic, assignments))).all().get();
    }

    /** Returns when it serves clients. */
    public void startSecond() throws Exception {
        second = server(2, secondPort, "broker");
        await().until(() -> admin.describeCluster().nodes().get().size() == 2);
    }

    /** Returns when its partitions have no leader. */
    public void stopSecond() {
        if (second != null) {
            second.shutdown();
            second.awaitShutdown();
            second = null;
        }
    }

    private KafkaRaftServer server(int node, int port, String roles) throws Exception {
        Path data = folder.resolve("node-" + node);
        Map<String, String> config = new HashMap<>();
        config.put("process.roles", roles);
        config.put("node.id", Integer.toString(node));
        config.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        config.put(
                "listeners",
                "PLAINTEXT://127.0.0.1:" + port
                        + (roles.contains("controller") ? ",CONTROLLER://127.0.0.1:" + controllerPort : ""));
        config.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
        config.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        config.put("controller.listener.names", "CONTROLLER");
        config.put("log.dirs", data.toString());
        config.put("auto.create.topics.enable", "false");
        config.put("transaction.state.log.num.partitions", "1");
        config.put("transaction.state.log.replication.factor", "1");
        config.put("transaction.state.log.min.isr", "1");
        config.put("log.cleaner.dedupe.buffer.size", "4194304");
        Formatter formatter = new Formatter();
        formatter
                .setPrintStream(new PrintStream(PrintStream.nullOutputStream()))
                .setNodeId(node)
                .setClusterId("dHVybnBpa2UtcGFpcnBhaQ")
                .addDirectory(data.toString())
                .setMetadataLogDirectory(data.toString())
                .setControllerListenerName("CONTROLLER")
                .setIgnoreFormatted(true)
                .run();
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(config), Time.SYSTEM);
        server.startup();
        return server;
    }

    @Override
    public void close() {
        admin.close();
        stopSecond();
        first.shutdown();
        first.awaitShutdown();
    }
}
