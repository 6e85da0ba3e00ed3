package dev.turnpike.runtime;

import dev.turnpike.board.Board;
import dev.turnpike.commands.CommandConsumer;
import dev.turnpike.events.EventRecords;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.kafka.EmbeddedKafka;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.kafka.Topics;
import dev.turnpike.retry.Pauses;
import dev.turnpike.settings.Settings;
import dev.turnpike.shard.ShardMeters;
import dev.turnpike.shard.Shards;
import dev.turnpike.sinks.SinkSettings;
import dev.turnpike.sinks.Sinks;
import dev.turnpike.sinks.delivery.DeliveryMeters;
import dev.turnpike.sinks.delivery.SinkKafkaClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.health.HealthCheckHelper;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.Registry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts Kafka, the shards, the sign-ins and Camel Main with the route files from the settings, and stops them in
 * reverse order.
 */
public final class TurnpikeRuntime implements RunningTurnpike {
    private static final Logger log = LoggerFactory.getLogger(TurnpikeRuntime.class);

    /** A stop waits for polls in progress, so their calls to an upstream that does not answer are cut short. */
    private static final Duration LAST_CALLS = Duration.ofSeconds(1);

    private static final Duration USAGE_TICK = Duration.ofSeconds(1);

    private final Settings settings;
    private final Clock clock;
    /** Components to close, last opened first. */
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
     * @throws Exception with a message for the person at the terminal when a required resource is unavailable
     */
    public static RunningTurnpike start(Settings settings, Clock clock) throws Exception {
        TurnpikeRuntime turnpike = new TurnpikeRuntime(settings, clock);
        try {
            turnpike.begin();
            return turnpike;
        } catch (Throwable e) { // an error too: a class of a library may fail to initialise
            turnpike.close();
            throw e;
        }
    }

    /** What starts after what; it is stopped in reverse order. */
    private void begin() throws Exception {
        brokers = kafka();
        KafkaClients clients = new KafkaClients(brokers, settings.kafkaProperties());
        Topics topics = topics(settings);
        RuntimeMeters meters = opened(new RuntimeMeters(settings.flag("management.account-names")));
        Tracing tracing = opened(Tracing.of(settings));
        Shards shards = opened(shards(clients, topics, meters.registry(), tracing));
        KafkaStart joining = opened(new KafkaStart(clients, topics, shards, settings.isSet("kafka.brokers")));
        SignIns signIns = opened(new SignIns(settings, clock));
        opened(joining.openShards(signIns.slots()));
        Upstream upstream = opened(Upstream.of(settings));
        Sinks sinks = opened(sinks(clients, meters.registry(), tracing));
        UpstreamMeters upstreamMeters = new UpstreamMeters(meters.registry());
        TaskLinks links = new TaskLinks(upstream.base().toString());
        PollingWiring polling =
                new PollingWiring(settings, shards, upstreamMeters, meters.registry(), tracing, links, clock);
        CommandWiring commands = new CommandWiring(settings, meters.registry(), clock);
        Main main = camel();
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport configuring) {
                CamelContext context = configuring.getCamelContext();
                context.addLifecycleStrategy(joining);
                Registry beans = context.getRegistry();
                beans.bind("meterRegistry", meters.registry());
                beans.bind("vertxOptions", new VertxOptions().setFileSystemOptions(Board.NO_FILES));
                upstream.bind(beans, upstreamMeters, clock);
                tracing.addTo(context);
                polling.bind(context, signIns);
                sinks.addTo(context, SinkSettings.webhooks(settings), SinkSettings.slacks(settings));
                commands.bind(context, signIns.slots());
            }
        });
        open.push(main::stop);
        open.push(() -> upstream.http().limitRemaining(LAST_CALLS));
        main.start();
        CamelContext camel = main.getCamelContext();
        CommandConsumer consumer = opened(commands.consumer(camel, clients, topics, links));
        commands.start(camel, consumer);
        board(clients, new BoardSource(meters.registry(), meters.labels(), camel));
        HealthCheckHelper.getHealthCheckRegistry(camel).register(new KafkaHealth(shards));
        log.info(
                "Turnpike started version={} upstream={} brokers={} managementPort={}",
                TurnpikeVersion.text(),
                upstream.base(),
                brokers,
                managementPort);
    }

    private <T extends AutoCloseable> T opened(T component) {
        open.push(component);
        return component;
    }

    private Shards shards(KafkaClients clients, Topics topics, MeterRegistry registry, Tracing tracing) {
        ShardMeters meters = new ShardMeters(registry, clock);
        EventRecords records = new EventRecords(topics.prefix(), tracing::traceparent);
        Shards shards = new Shards(clients, topics, StateKinds.all(), records::of, meters);
        meters.shards(settings.integer("shards"), () -> shards.owned().size());
        return shards;
    }

    private Sinks sinks(KafkaClients clients, MeterRegistry registry, Tracing tracing) {
        return new Sinks(
                new SinkKafkaClient(clients, settings.text("topics.prefix")),
                settings.network(),
                settings.duration("alerts.sink-failing-after"),
                new DeliveryMeters(registry, SinkSettings.names(settings), clock),
                tracing::traced,
                clock);
    }

    private Main camel() throws IOException {
        managementPort = chosenManagementPort();
        boolean threads = settings.list("codex.sources").contains("threads");
        return CamelSetup.main(
                settings,
                Map.of(
                        "kafka.brokers", brokers,
                        "management.port", Integer.toString(managementPort),
                        "threads.polled", Boolean.toString(threads),
                        "poll.usage.tick", Long.toString(usageTick().toMillis())));
    }

    /** What is polled once a minute need not be asked for as often as what is polled each second. */
    private Duration usageTick() {
        Duration tick = settings.duration("poll.tick");
        Duration tenth = settings.duration("poll.usage").dividedBy(10);
        return Pauses.longer(tick, Pauses.shorter(tenth, USAGE_TICK));
    }

    /** Whether the board is enabled, and protected by a token or by being on loopback. */
    public static boolean servesBoard(Settings settings) {
        return settings.flag("board.enabled")
                && (settings.isSet("board.token") || Board.isLoopback(settings.text("bind")));
    }

    private void board(KafkaClients clients, BoardSource source) throws IOException {
        String bind = settings.text("bind");
        if (!servesBoard(settings)) {
            if (settings.flag("board.enabled")) {
                log.warn("Board disabled: bind is not loopback and board.token is not set bind={}", bind);
            }
            return;
        }
        String token = settings.isSet("board.token") ? settings.text("board.token") : "";
        Board board = new Board(
                clients, settings.text("topics.prefix"), token, settings.flag("commands.enabled"), source, clock);
        open.push(board);
        board.start(bind, settings.integer("http.port"));
        boardPort = board.port();
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

    /** Camel would also use any free port, but does not report it. */
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
    }
}
