package dev.turnpike.sinks;

import dev.turnpike.http.BoundedHttp;
import dev.turnpike.http.HttpLimits;
import dev.turnpike.http.Network;
import dev.turnpike.sinks.delivery.DeadLetters;
import dev.turnpike.sinks.delivery.DeliveryMeters;
import dev.turnpike.sinks.delivery.Disabling;
import dev.turnpike.sinks.delivery.HandCommits;
import dev.turnpike.sinks.delivery.KafkaAlerts;
import dev.turnpike.sinks.delivery.Pauses;
import dev.turnpike.sinks.delivery.Retries;
import dev.turnpike.sinks.delivery.RetryPolicy;
import dev.turnpike.sinks.delivery.SinkTopics;
import dev.turnpike.sinks.slack.SlackSettings;
import dev.turnpike.sinks.slack.SlackSink;
import dev.turnpike.sinks.webhook.WebhookSettings;
import dev.turnpike.sinks.webhook.WebhookSink;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Registry;
import org.apache.camel.spi.RouteTemplateParameterSource;

/**
 * The configured sinks: their beans, and one route each of the templates {@code webhook} and {@code slack}. Without
 * any the templates stay templates, and nothing starts.
 */
public final class Sinks implements AutoCloseable {
    private static final int ANSWER_BYTES = 256 * 1024;
    private static final Duration SLACK_DEADLINE = Duration.ofSeconds(15);

    private final SinkTopics topics;
    private final Map<String, Object> kafka;
    private final Network network;
    private final Function<Duration, RetryPolicy> policies;
    private final DeliveryMeters meters;
    private final Clock clock;
    private final Pauses pauses = new Pauses();
    private final SinkRoutes routes = new SinkRoutes();
    private final List<Runnable> own = new ArrayList<>();

    /** @param kafka properties of a Kafka client: at least {@code bootstrap.servers} */
    public Sinks(
            SinkTopics topics, Map<String, Object> kafka, Network network, DeliveryMeters meters, Clock clock) {
        this(topics, kafka, network, RetryPolicy::standard, meters, clock);
    }

    /** @param policies from the setting {@code give-up-after} to everything else about tries */
    public Sinks(
            SinkTopics topics,
            Map<String, Object> kafka,
            Network network,
            Function<Duration, RetryPolicy> policies,
            DeliveryMeters meters,
            Clock clock) {
        this.topics = topics;
        this.kafka = Map.copyOf(kafka);
        this.network = network;
        this.policies = policies;
        this.meters = meters;
        this.clock = clock;
    }

    /** Binds what the route files refer to; to be called before the context's routes are made. */
    public void addTo(CamelContext context, List<WebhookSettings> webhooks, List<SlackSettings> slacks) {
        Registry registry = context.getRegistry();
        context.addLifecycleStrategy(pauses);
        registry.bind("sinkCommits", new HandCommits());
        registry.bind("deadLetters", new DeadLetters());
        registry.bind("chatText", new ChatText());
        webhooks.forEach(settings -> add(context, settings));
        slacks.forEach(settings -> add(registry, settings));
        registry.bind("sinkRoutes", RouteTemplateParameterSource.class, routes);
    }

    /** Ends what the sinks keep for themselves; after the context has stopped. */
    @Override
    public void close() {
        own.forEach(Runnable::run);
    }

    private void add(CamelContext context, WebhookSettings settings) {
        String sink = settings.sink();
        WebhookSink webhook = new WebhookSink(
                settings, topics, retries(sink, settings.giveUpAfter()), disabling(context, sink), meters, clock);
        context.getRegistry().bind(sink, webhook);
        context.getRegistry().bind("calls-" + sink, calls(settings.timeout()));
        routes.add(sink, "webhook", settings.name());
    }

    /** HTTP clients of its own for each sink: none waits for another one's connections. */
    private BoundedHttp calls(Duration deadline) {
        BoundedHttp calls = new BoundedHttp(new HttpLimits(ANSWER_BYTES, ANSWER_BYTES, deadline), "turnpike", network);
        own.add(calls::close);
        return calls;
    }

    private void add(Registry registry, SlackSettings settings) {
        String sink = settings.sink();
        SlackSink slack =
                new SlackSink(settings, topics, kafka, retries(sink, settings.giveUpAfter()), pauses, meters, clock);
        own.add(slack::close);
        registry.bind(sink, slack);
        registry.bind("calls-" + sink, calls(SLACK_DEADLINE));
        routes.add(sink, "slack", settings.name());
    }

    private Retries retries(String sink, Duration giveUpAfter) {
        return new Retries(sink, policies.apply(giveUpAfter), pauses, clock);
    }

    private Disabling disabling(CamelContext context, String sink) {
        return new Disabling(
                sink,
                new KafkaAlerts(kafka, topics.prefix()),
                () -> daemon(new RouteStop(context, sink)).start(),
                clock);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "sink-stop");
        thread.setDaemon(true);
        return thread;
    }
}
