package dev.turnpike.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.metadata.storage.Formatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka broker in this process, in KRaft mode, with its data on disk, used when {@code kafka.brokers} is empty. It
 * survives {@code kill -9}. As a single node without replicas and without an fsync per record, it may lose data with
 * the disk or after a power cut.
 */
public final class EmbeddedKafka implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedKafka.class);

    /** Fixed, since a broker does not start on a data folder with another cluster id. */
    private static final String CLUSTER_ID = "dHVybnBpa2UtZW1iZWRkZQ";

    private static final String HOST = "127.0.0.1";
    private static final int TRIES = 1_000;
    private static final int BACKLOG = 50;
    /** It holds prompts, diffs and the state. */
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final KafkaNode server;
    private final int port;

    private EmbeddedKafka(KafkaNode server, int port) {
        this.server = server;
        this.port = port;
    }

    /**
     * Starts the broker, and returns when it accepts clients.
     *
     * @param directory for its data, created when missing
     * @param port on loopback; 0 takes any free one
     * @throws EmbeddedKafkaException when the folder cannot be written, the port is taken, or the broker does not start
     */
    public static EmbeddedKafka start(Path directory, int port) {
        return start(directory, port, Map.of());
    }

    /** @param more additional settings of the broker */
    static EmbeddedKafka start(Path directory, int port, Map<String, String> more) {
        return start(directory, port, more, EmbeddedKafka::anyPort);
    }

    /**
     * The same.
     *
     * @param free gives ports to try; one that is in use is skipped
     */
    static EmbeddedKafka start(Path directory, int port, Map<String, String> more, IntSupplier free) {
        requireWritable(directory);
        Map<Integer, ServerSocketChannel> bound = new LinkedHashMap<>();
        try {
            int brokerPort = port == 0 ? bindAny(free, bound) : bind(port, bound);
            int controllerPort = bindAny(free, bound);
            Map<String, String> config = config(directory, brokerPort, controllerPort);
            config.putAll(more);
            format(directory, config);
            KafkaNode node = new KafkaNode(config, bound);
            node.startup();
            log.info("Embedded Kafka broker started brokers={}:{} data={}", HOST, brokerPort, directory);
            return new EmbeddedKafka(node, brokerPort);
        } catch (EmbeddedKafkaException | Error e) {
            close(bound);
            throw e;
        } catch (Exception e) {
            close(bound);
            throw new EmbeddedKafkaException(
                    "The embedded Kafka broker did not start with its data in " + directory + ": " + e.getMessage(), e);
        }
    }

    private static void close(Map<Integer, ServerSocketChannel> bound) {
        bound.values().forEach(socket -> Utils.closeQuietly(socket, "socket"));
    }

    /** {@code host:port} for clients. */
    public String brokers() {
        return HOST + ":" + port;
    }

    /** Stops the broker; after ten seconds the rest of the shutdown is left to the end of the process. */
    @Override
    public void close() {
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> {
            server.shutdown();
            server.awaitShutdown();
        });
        try {
            stopped.get(10, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            log.warn("Embedded Kafka broker still stopping, its data is safe brokers={}", brokers());
        } catch (ExecutionException e) {
            log.warn("Embedded Kafka broker did not stop cleanly, its data is safe brokers={}", brokers(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void format(Path directory, Map<String, String> config) throws Exception {
        new Formatter()
                .setPrintStream(new PrintStream(PrintStream.nullOutputStream()))
                .setNodeId(Integer.parseInt(config.get("node.id")))
                .setClusterId(CLUSTER_ID)
                .addDirectory(directory.toString())
                .setMetadataLogDirectory(directory.toString())
                .setControllerListenerName("CONTROLLER")
                .setIgnoreFormatted(true)
                .run();
        log.debug("Embedded Kafka storage ready listeners={}", config.get("listeners"));
    }

    private static Map<String, String> config(Path directory, int port, int controllerPort) {
        Properties fixed = new Properties();
        try (InputStream in = EmbeddedKafka.class.getResourceAsStream("embedded-broker.properties")) {
            fixed.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> config = Utils.propsToStringMap(fixed);
        config.put("controller.quorum.voters", "1@" + HOST + ":" + controllerPort);
        config.put("listeners", "PLAINTEXT://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controllerPort);
        config.put("advertised.listeners", "PLAINTEXT://" + HOST + ":" + port);
        config.put("log.dirs", directory.toString());
        return config;
    }

    private static void requireWritable(Path directory) {
        if (directory.toString().contains(",")) {
            throw new EmbeddedKafkaException(
                    "The embedded Kafka broker would read its data folder " + directory.toAbsolutePath()
                            + " (setting data.dir) as several, since it has a comma: choose a folder without one");
        }
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory, OWNER_ONLY);
            }
            Files.delete(Files.createTempFile(directory, "writable", null));
        } catch (IOException e) {
            throw new EmbeddedKafkaException(
                    "The embedded Kafka broker cannot write to its data folder " + directory.toAbsolutePath()
                            + " (setting data.dir): choose a folder this user may write to",
                    e);
        }
    }

    private static int bind(int port, Map<Integer, ServerSocketChannel> bound) {
        try {
            bound.put(port, listen(port));
            return port;
        } catch (IOException e) {
            throw new EmbeddedKafkaException(
                    "Port " + port + " on " + HOST + " is taken (setting kafka.embedded.port): stop what listens there,"
                            + " choose another port, or set kafka.brokers to use a Kafka of your own",
                    e);
        }
    }

    /** Bound here and now: until Kafka did so itself, another process could take a port that was found to be free. */
    private static int bindAny(IntSupplier free, Map<Integer, ServerSocketChannel> bound) {
        IOException last = null;
        for (int tries = 0; tries < TRIES; tries++) {
            int port = free.getAsInt();
            try {
                bound.put(port, listen(port));
                return port;
            } catch (IOException e) {
                log.debug("Port is taken port={}", port);
                last = e;
            }
        }
        throw new EmbeddedKafkaException("No free port on " + HOST + " in " + TRIES + " tries", last);
    }

    private static ServerSocketChannel listen(int port) throws IOException {
        ServerSocketChannel socket = ServerSocketChannel.open();
        try {
            socket.configureBlocking(false);
            socket.bind(new InetSocketAddress(HOST, port), BACKLOG);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * A port that may be free. Below the range from which the system takes ports for outgoing connections, so that
     * none of those is in the way of a broker that is started on it again.
     */
    private static int anyPort() {
        return ThreadLocalRandom.current().nextInt(15_000, 30_000);
    }

    /** The embedded broker could not be started; the message says why and what to do. */
    public static class EmbeddedKafkaException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public EmbeddedKafkaException(String message) {
            super(message);
        }

        public EmbeddedKafkaException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
