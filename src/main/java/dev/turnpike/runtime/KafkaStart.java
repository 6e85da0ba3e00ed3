package dev.turnpike.runtime;

import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Topics;
import dev.turnpike.kafka.Topics.TopicsException;
import dev.turnpike.kafka.TransactionVersion;
import dev.turnpike.polling.SignInSlot;
import dev.turnpike.shard.Shards;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.apache.camel.CamelContext;
import org.apache.camel.VetoCamelContextStartException;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the topics and joins the group of the shards in parallel to Camel's initialisation, since both take most of a
 * start. As a lifecycle strategy it lets no route start on topics that are missing or wrong; a {@code
 * MainListener.beforeStart} would not do, since {@code Main.start()} does not call it.
 */
final class KafkaStart extends LifecycleStrategySupport implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(KafkaStart.class);
    private static final Duration FEATURES_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration LAST_READ = Duration.ofSeconds(1);

    private final KafkaClients clients;
    private final Topics topics;
    private final Shards shards;
    private final boolean external;
    private volatile boolean checked;
    private final FutureTask<Void> joined = new FutureTask<>(this::join);
    private final Thread joining = new Thread(joined, "join-kafka");
    /** A stop during the start does not wait until Kafka answers. */
    private final Thread stop = new Thread(() -> joined.cancel(true), "stop-joining");

    /** @param external whether the brokers are those of {@code kafka.brokers}, or the embedded one */
    KafkaStart(KafkaClients clients, Topics topics, Shards shards, boolean external) {
        this.clients = clients;
        this.topics = topics;
        this.shards = shards;
        this.external = external;
        joining.start();
        Runtime.getRuntime().addShutdownHook(stop);
    }

    private Void join() throws InterruptedException {
        clients.check();
        checked = true;
        try (Admin admin = clients.admin()) {
            topics.ensure(admin);
            shards.start();
            TransactionVersion.complaint(admin, FEATURES_TIMEOUT)
                    .ifPresent(complaint -> log.warn(
                            "Exactly-once is not guaranteed brokers={} reason=\"{}\"", clients.brokers(), complaint));
        }
        return null;
    }

    /** Opens the shards of the sign-ins in the background, so that the first polls find them open. */
    AutoCloseable openShards(List<SignInSlot> slots) {
        Thread opening = new Thread(
                () -> {
                    try {
                        shards.awaitAssigned();
                        slots.forEach(this::openShard);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "open-shards");
        opening.setDaemon(true);
        opening.start();
        return () -> {
            opening.interrupt();
            opening.join(LAST_READ.toMillis());
        };
    }

    private void openShard(SignInSlot slot) {
        try {
            shards.of(slot.credentials().identity().account()).ifPresent(shard -> shard.read(known -> null));
        } catch (RuntimeException e) {
            // the first poll fails in the same way, and reports it
            log.debug("Failed to open shard, the first poll opens it source={} reason={}", slot.source(), e.toString());
        }
    }

    @Override
    public void onContextStarting(CamelContext context) throws VetoCamelContextStartException {
        try {
            joined.get();
        } catch (ExecutionException e) {
            String brokers = (external ? "kafka.brokers = " : "embedded broker ") + clients.brokers();
            String where = checked ? brokers : "kafka.properties.*";
            TopicsException why = new TopicsException(where + ": " + KafkaClients.describe(e.getCause()), e.getCause());
            throw new VetoCamelContextStartException(why.getMessage(), why, context, true);
        } catch (CancellationException e) {
            throw new VetoCamelContextStartException("stopped while joining Kafka", e, context, true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VetoCamelContextStartException("interrupted while joining Kafka", e, context, true);
        }
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(stop);
        } catch (IllegalStateException e) {
            log.debug("Already stopping");
        }
        joined.cancel(true);
        try {
            joining.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
