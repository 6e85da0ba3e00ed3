package dev.turnpike.runtime;

import dev.turnpike.board.Board;
import dev.turnpike.commands.CommandConsumer;
import dev.turnpike.events.EventRecords;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.kafka.EmbeddedKafka;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Topics;
import dev.turnpike.kafka.Topics.TopicsException;
import dev.turnpike.kafka.TransactionsVersion;
import dev.turnpike.polling.SignInSlot;
import dev.turnpike.settings.Settings;
import dev.turnpike.shard.ShardMeters;
import dev.turnpike.shard.Shards;
import dev.turnpike.sinks.SinkSettings;
import dev.turnpike.sinks.Sinks;
import dev.turnpike.sinks.delivery.DeliveryMeters;
import dev.turnpike.sinks.delivery.SinkKafkaClient;
import dev.turnpike.sinks.delivery.SinkSpec.RetryPolicy;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.VetoCamelContextStartException;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runtime: Kafka, the shards, the sign-ins and Camel Main with the route files, put together from the settings and
 * taken apart in the opposite order.
 */
public final class TurnpikeRuntime implements RunningTurnpike {
    private static final Logger log = LoggerFactory.getLogger(TurnpikeRuntime.class);

    /** A stop waits for the polls in hand, so calls to an upstream that does not answer must not. */
    private static final Duration LAST_CALLS = Duration.ofSeconds(1);

    private static final Duration FOR_FEATURES = Duration.ofSeconds(5);

    private final Settings settings;
    private final Clock clock;
    private final CountDownLatch stopped = new CountDownLatch(1);
    /** What is to be closed, last opened first. */
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    private String brokers;
    private int managementPort;
    private int boardPort;

    private TurnpikeRuntime(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Starts everything and returns when the routes run.
     *
     * @throws Exception with a message for the person at the terminal when something it needs is unavailable
     */
    public static RunningTurnpike start(Settings settings, Clock clock) throws Exception {
        TurnpikeRuntime turnpike = new TurnpikeRuntime(settings, clock);
        try {
            turnpike.begin();
            return turnpike;
        } catch (Exception e) {
            turnpike.close();
            throw e;
        }
    }

    private void begin() throws Exception {
        brokers = kafka();
        KafkaClients clients = new KafkaClients(brokers, settings.kafkaProperties());
        Topics topics = topics(settings);
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        AccountLabels labels = new AccountLabels();
        if (!settings.flag("management.account-names")) {
            registry.config().meterFilter(labels);
        }
        Gauge.builder("turnpike.build.info", () -> 1)
                .description("Always 1, with the version that runs")
                .tags("version", TurnpikeVersion.text())
                .register(registry);
        processMeters(registry);
        UpstreamMeters upstreamMeters = new UpstreamMeters(registry);
        ShardMeters shardMeters = new ShardMeters(registry, clock);
        Tracing tracing = Tracing.of(settings);
        open.push(tracing);
        EventRecords records = new EventRecords(topics.prefix(), tracing::traceparent);
        Shards shards = new Shards(clients, topics, KnownKinds.all(), records::of, shardMeters);
        shardMeters.shards(settings.integer("shards"), () -> shards.owned().size());
        open.push(shards);
        FutureTask<Void> joined = joining(clients, topics, shards);
        SignIns watching = new SignIns(settings, clock);
        open.push(watching);
        openShards(shards, watching);
        Upstream upstream = Upstream.of(settings);
        open.push(upstream);
        Sinks sinks = new Sinks(
                new SinkKafkaClient(clients.plain(), topics.prefix()),
                settings.network(),
                RetryPolicy::standard,
                settings.duration("alerts.sink-failing-after"),
                new DeliveryMeters(registry, SinkSettings.names(settings), clock),
                tracing::traced,
                clock);
        open.push(sinks);
        managementPort = chosenManagementPort();
        Main main = CamelSetup.main(
                settings,
                Map.of(
                        "kafka.brokers",
                        brokers,
                        "management.port",
                        Integer.toString(managementPort),
                        "threads.polled",
                        Boolean.toString(settings.list("codex.sources").contains("threads"))),
                routeFiles(),
                "camel.properties",
                "management.properties");
        PollingWiring polling = new PollingWiring(
                settings,
                shards,
                upstreamMeters,
                registry,
                tracing,
                new TaskLinks(upstream.base().toString()),
                clock);
        CommandWiring commands = new CommandWiring(settings, registry, clock);
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport configuring) {
                configuring.getCamelContext().addLifecycleStrategy(new LifecycleStrategySupport() {
                    @Override
                    public void onContextStarting(CamelContext context) throws VetoCamelContextStartException {
                        await(joined, context);
                    }
                });
                Registry beans = configuring.getCamelContext().getRegistry();
                beans.bind("meterRegistry", registry);
                upstream.bind(beans, upstreamMeters, clock);
                tracing.addTo(configuring.getCamelContext());
                polling.bind(configuring.getCamelContext(), watching);
                sinks.addTo(
                        configuring.getCamelContext(), SinkSettings.webhooks(settings), SinkSettings.slacks(settings));
                commands.bind(configuring.getCamelContext(), watching.slots());
            }
        });

        open.push(main::stop);
        open.push(() -> upstream.http().hurry(LAST_CALLS));
        main.start();
        CommandConsumer consumer = commands.consumer(main.getCamelContext(), clients, topics, upstream.base());
        open.push(consumer);
        commands.start(main.getCamelContext(), consumer);
        board(clients, new BoardSource(registry, labels, main.getCamelContext()));
        HealthCheckRegistry health = HealthCheckHelper.getHealthCheckRegistry(main.getCamelContext());
        health.register(new KafkaHealth(shards));
        log.info(
                "Turnpike started version={} upstream={} brokers={} managementPort={}",
                TurnpikeVersion.text(),
                upstream.base(),
                brokers,
                managementPort);
    }

    /** By name: Camel's {@code camel.metrics.binders} reads an index of all classes of Micrometer to find the same. */
    private void processMeters(MeterRegistry registry) {
        JvmGcMetrics collections = new JvmGcMetrics();
        open.push(collections);
        Stream.of(
                        collections,
                        new JvmMemoryMetrics(),
                        new JvmThreadMetrics(),
                        new ProcessorMetrics(),
                        new UptimeMetrics())
                .forEach(meters -> meters.bindTo(registry));
    }

    /** Topics and group beside Camel's own preparations: the two are most of a start, and neither needs the other. */
    private FutureTask<Void> joining(KafkaClients clients, Topics topics, Shards shards) {
        FutureTask<Void> joined = new FutureTask<>(() -> {
            clients.check();
            try (Admin admin = clients.admin()) {
                topics.ensure(admin);
                shards.start();
                TransactionsVersion.complaint(admin, FOR_FEATURES)
                        .ifPresent(complaint ->
                                log.warn("Exactly-once is not guaranteed brokers={} {}", brokers, complaint));
            }
            return null;
        });
        Thread thread = new Thread(joined, "join-kafka");
        thread.start();
        // somebody who stops a start does not wait until Kafka answers
        Thread stop = new Thread(() -> joined.cancel(true), "stop-joining");
        Runtime.getRuntime().addShutdownHook(stop);
        open.push(() -> {
            removeHook(stop);
            joined.cancel(true);
            thread.join();
        });
        return joined;
    }

    /** Opens the shards of the sign-ins beside Camel's preparations too, so that the first polls find them open. */
    private void openShards(Shards shards, SignIns watching) {
        Thread thread = new Thread(
                () -> {
                    try {
                        shards.awaitAssigned();
                        watching.slots().forEach(slot -> openShard(shards, slot));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "open-shards");
        thread.setDaemon(true);
        thread.start();
        open.push(() -> {
            thread.interrupt();
            thread.join(LAST_CALLS.toMillis());
        });
    }

    private static void openShard(Shards shards, SignInSlot slot) {
        try {
            shards.of(slot.credentials().identity().account()).ifPresent(shard -> shard.read(known -> null));
        } catch (RuntimeException e) {
            // the first poll meets the same, and says so
            log.debug("Opening a shard left to the first poll source={} reason={}", slot.source(), e.toString());
        }
    }

    /**
     * No route may start on topics that are missing or wrong. A lifecycle strategy, since {@code Main.start()} calls no
     * {@code MainListener.beforeStart}: only {@code run()} does.
     */
    private void await(FutureTask<Void> joined, CamelContext context) throws VetoCamelContextStartException {
        try {
            joined.get();
        } catch (ExecutionException e) {
            String where =
                    settings.isSet("kafka.brokers") ? "kafka.brokers = " + brokers : "embedded broker " + brokers;
            TopicsException why = new TopicsException(where + ": " + KafkaClients.words(e.getCause()), e.getCause());
            throw new VetoCamelContextStartException(why.getMessage(), why, context, true);
        } catch (CancellationException e) {
            throw new VetoCamelContextStartException("stopped while joining Kafka", e, context, true);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VetoCamelContextStartException("interrupted while joining Kafka", e, context, true);
        }
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            log.debug("Already stopping");
        }
    }

    private void board(KafkaClients clients, BoardSource source) throws IOException {
        String bind = settings.text("bind");
        String token = settings.isSet("board.token") ? settings.text("board.token") : "";
        if (!settings.flag("board.enabled")) {
            return;
        }
        if (token.isEmpty() && !Board.isLoopback(bind)) {
            log.warn("Board disabled: bind is not loopback and board.token is not set bind={}", bind);
            return;
        }
        Board board = new Board(
                clients, settings.text("topics.prefix"), token, settings.flag("commands.enabled"), source, clock);
        open.push(board);
        board.start(bind, settings.integer("http.port"));
        boardPort = board.port();
    }

    /** Where Camel finds the routes: a pattern for each folder. */
    private String routeFiles() {
        Stream<String> folders = Stream.of("routes", "routes.extra").filter(settings::isSet);
        return folders.map(name -> "file:" + settings.path(name) + "/*.camel.yaml")
                .collect(Collectors.joining(","));
    }

    private String kafka() {
        if (settings.isSet("kafka.brokers")) {
            return String.join(",", settings.list("kafka.brokers"));
        }
        EmbeddedKafka kafka = EmbeddedKafka.start(
                settings.path("data.dir").resolve("kafka"), settings.integer("kafka.embedded.port"));
        open.push(kafka);
        return kafka.brokers();
    }

    /** Camel would take any free port as well, but does not report which. */
    private int chosenManagementPort() throws IOException {
        int port = settings.integer("management.port");
        if (port > 0) {
            return port;
        }
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(settings.text("bind")))) {
            return free.getLocalPort();
        }
    }

    public static Topics topics(Settings settings) {
        Short replication =
                settings.isSet("topics.replication") ? (short) settings.integer("topics.replication") : null;
        return new Topics(
                settings.text("topics.prefix"),
                settings.integer("topics.partitions"),
                settings.integer("shards"),
                replication);
    }

    @Override
    public String brokers() {
        return brokers;
    }

    @Override
    public int managementPort() {
        return managementPort;
    }

    @Override
    public int boardPort() {
        return boardPort;
    }

    @Override
    public void awaitStop() throws InterruptedException {
        stopped.await();
    }

    @Override
    public void close() {
        synchronized (open) {
            while (!open.isEmpty()) {
                AutoCloseable closing = open.pop();
                try {
                    closing.close();
                } catch (Exception e) {
                    log.warn("Failed to stop component={}", closing.getClass().getSimpleName(), e);
                }
            }
        }
        stopped.countDown();
    }
}
