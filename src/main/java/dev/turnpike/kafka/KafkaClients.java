package dev.turnpike.kafka;

import dev.turnpike.kafka.Topics.TopicsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Creates the Kafka clients of the shards from the operator's properties, such as security, and those that exactly-once
 * needs, which no setting may change.
 *
 * @param brokers {@code host:port,...}
 * @param properties any Kafka client property, from {@code kafka.properties.*}
 */
public record KafkaClients(String brokers, Map<String, String> properties) {
    /** The open transaction of a dead owner blocks read_committed consumers for this long at most. */
    private static final String TRANSACTION_TIMEOUT_MS = "15000";

    public KafkaClients {
        properties = Map.copyOf(properties);
    }

    /**
     * Checks at the start that these clients can be created. Calls no broker.
     *
     * @throws KafkaException for properties that Kafka's clients reject, see {@link #describe}
     */
    public void check() {
        if (!properties.isEmpty()) {
            // needs no name service; a client warns of a broker that is not there, and not of one that is silent
            try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
                new KafkaClients("127.0.0.1:" + silent.getLocalPort(), properties).make();
            } catch (IOException e) {
                throw new UncheckedIOException("no port of 127.0.0.1 is free", e);
            }
        }
    }

    /** Classes and files that properties name are loaded only as a client is made. */
    private void make() {
        try (Admin admin = admin();
                KafkaConsumer<String, byte[]> member = member("check");
                KafkaConsumer<String, byte[]> reader = committedReader();
                KafkaProducer<String, byte[]> producer = transactionalProducer("check")) {
            Objects.requireNonNull(List.of(admin, member, reader));
            // it would wait for replies
            producer.close(Duration.ZERO);
        }
    }

    /**
     * Message about a failure: that of a {@link TopicsException}, else the innermost one of Kafka's clients, with its
     * cause where that adds something.
     */
    public static String describe(Throwable failure) {
        if (failure instanceof TopicsException) {
            return failure.getMessage();
        }
        Throwable said = failure;
        Throwable innermost = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            said = cause instanceof KafkaException ? cause : said;
            innermost = cause;
        }
        String sentence = String.valueOf(said.getMessage());
        String reason = String.valueOf(innermost.getMessage());
        return sentence.contains(reason) ? sentence : sentence + ": " + reason;
    }

    /**
     * The result of a request, once Kafka has replied.
     *
     * @throws KafkaException when it has failed
     */
    public static <T> T answer(Future<T> answer) {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException kafkas ? kafkas : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /** A producer that fences every other one with the same id once its transactions are initialised. */
    public KafkaProducer<String, byte[]> transactionalProducer(String transactionalId) {
        Map<String, Object> config = base();
        config.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, "10000");
        config.putIfAbsent(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
        // a commit sends what waits: the records of a transaction go out in one request, which the broker adds to the
        // transaction in one step; with more, all but the first wait for it to try again
        config.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, "100");
        // once the coordinator is found its first request is sent after this pause, at each opening of a shard; later
        // ones double
        config.putIfAbsent(ProducerConfig.RETRY_BACKOFF_MS_CONFIG, "20");
        // a producer rejects less
        atLeast(
                config,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                12_000,
                number(config, ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG)
                        + number(config, ProducerConfig.LINGER_MS_CONFIG));
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MS);
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        return new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer());
    }

    /** A read_committed consumer without a group. */
    public KafkaConsumer<String, byte[]> committedReader() {
        return reader("read_committed");
    }

    /** A read_uncommitted consumer without a group. */
    public KafkaConsumer<String, byte[]> uncommittedReader() {
        return reader("read_uncommitted");
    }

    private KafkaConsumer<String, byte[]> reader(String isolation) {
        Map<String, Object> config = base();
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        // a whole partition is read as fast as it comes
        config.putIfAbsent(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, "4194304");
        config.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "5000");
        return new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    }

    /** A consumer for its group's assignment only, not for records. */
    public KafkaConsumer<String, byte[]> member(String group) {
        Map<String, Object> config = memberConfig(group);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest");
        return new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    }

    private Map<String, Object> memberConfig(String group) {
        Map<String, Object> config = base();
        session(config);
        // an idle member's heartbeat thread wakes up this often
        config.putIfAbsent(ConsumerConfig.RETRY_BACKOFF_MS_CONFIG, "500");
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        config.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, "60000");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        return config;
    }

    /**
     * A member of a group that reads committed records from the start on; its offsets are committed in the
     * transactions of what follows from the records.
     */
    public KafkaConsumer<String, byte[]> groupReader(String group) {
        Map<String, Object> config = memberConfig(group);
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "20");
        return new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer());
    }

    public Admin admin() {
        Map<String, Object> config = base();
        config.putIfAbsent(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
        // an admin client rejects less
        atLeast(
                config,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                20_000,
                number(config, AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG));
        return Admin.create(config);
    }

    /**
     * A dead member is replaced within seconds. Most of an idle process's CPU time is heartbeats, each of which wakes
     * two threads.
     */
    private static void session(Map<String, Object> config) {
        config.putIfAbsent(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, "6000");
        config.putIfAbsent(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, "1500");
        // a consumer rejects a heartbeat that is not shorter than its session
        long session = number(config, ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG);
        if (session > 0 && number(config, ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG) >= session) {
            config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, String.valueOf(Math.max(1, session / 3)));
        }
    }

    private static void atLeast(Map<String, Object> config, String property, long usual, long least) {
        long wanted = config.containsKey(property) ? number(config, property) : usual;
        if (wanted >= 0 && (wanted < least || !config.containsKey(property))) {
            config.put(property, String.valueOf(Math.min(Integer.MAX_VALUE, Math.max(wanted, least))));
        }
    }

    /** Negative for what is no number, which Kafka's clients reject themselves. */
    private static long number(Map<String, Object> config, String property) {
        try {
            return Long.parseLong(String.valueOf(config.get(property)).strip());
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Properties common to all clients, for those created elsewhere. */
    public Map<String, Object> plain() {
        Map<String, Object> config = base();
        session(config);
        return Map.copyOf(config);
    }

    private Map<String, Object> base() {
        Map<String, Object> config = new HashMap<>(properties);
        config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, brokers);
        // reconnect quickly to a broker that restarts, without flooding one that is down
        config.putIfAbsent(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, "1000");
        return config;
    }
}
