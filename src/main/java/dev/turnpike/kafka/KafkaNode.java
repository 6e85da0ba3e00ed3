package dev.turnpike.kafka;

import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server$;
import kafka.server.SharedServer;
import kafka.server.StandardFaultHandlerFactory;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.ProcessRole;
import org.apache.kafka.server.ServerSocketFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * Kafka's broker and controller in one process, as {@link KafkaRaftServer} has them, but on sockets that are bound
 * already: that class binds them itself, and ends the JVM if another process uses a port by then.
 */
final class KafkaNode {
    private static final Logger log = LoggerFactory.getLogger(KafkaNode.class);

    private final Metrics metrics;
    private final BrokerServer broker;
    private final Optional<ControllerServer> controller;
    /** Those that no listener has taken. */
    private final Map<Integer, ServerSocketChannel> sockets;

    /**
     * Reads the data folder.
     *
     * @param bound the sockets of all listeners by port; they are closed with the node
     */
    KafkaNode(Map<String, String> properties, Map<Integer, ServerSocketChannel> bound) {
        KafkaConfig config = new KafkaConfig(properties);
        sockets = new ConcurrentHashMap<>(bound);
        Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> data = KafkaRaftServer.initializeLogDirs(config, log, "");
        metrics = Server$.MODULE$.initializeMetrics(
                config, Time.SYSTEM, data._1().clusterId().orElseThrow());
        SharedServer shared = new SharedServer(
                config,
                data._1(),
                Time.SYSTEM,
                metrics,
                CompletableFuture.completedFuture(
                        QuorumConfig.parseVoterConnections(config.quorumConfig().voters())),
                QuorumConfig.parseBootstrapServers(config.quorumConfig().bootstrapServers()),
                new StandardFaultHandlerFactory(),
                (listener, address, backlog, buffer) -> {
                    ServerSocketChannel socket = sockets.remove(address.getPort());
                    return socket == null
                            ? ServerSocketFactory.INSTANCE.openServerSocket(listener, address, backlog, buffer)
                            : socket;
                });
        broker = new BrokerServer(shared);
        // a node of several may be a broker alone
        controller = config.processRoles().contains(ProcessRole.ControllerRole)
                ? Optional.of(new ControllerServer(shared, KafkaRaftServer.configSchema(), data._2()))
                : Optional.empty();
    }

    /** Returns when it accepts clients; where it fails, nothing of it is left running. */
    void startup() {
        try {
            controller.ifPresent(ControllerServer::startup);
            broker.startup();
        } catch (Throwable e) {
            shutdown();
            throw e;
        } finally {
            sockets.values().forEach(socket -> Utils.closeQuietly(socket, "socket"));
        }
    }

    void shutdown() {
        broker.shutdown();
        controller.ifPresent(ControllerServer::shutdown);
        Utils.closeQuietly(metrics, "metrics");
    }

    void awaitShutdown() {
        broker.awaitShutdown();
        controller.ifPresent(ControllerServer::awaitShutdown);
    }
}
