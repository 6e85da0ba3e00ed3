package dev.turnpike.sinks;

import dev.turnpike.http.BoundedHttp;
import dev.turnpike.http.HttpLimits;
import dev.turnpike.http.Network;
import dev.turnpike.sinks.delivery.DeliveredEvent;
import dev.turnpike.sinks.delivery.DeliveryMeters;
import dev.turnpike.sinks.delivery.Receiver;
import dev.turnpike.sinks.delivery.RouteCall;
import dev.turnpike.sinks.delivery.SinkConsumer;
import dev.turnpike.sinks.delivery.SinkKafkaClient;
import dev.turnpike.sinks.delivery.SinkOptions;
import dev.turnpike.sinks.delivery.SinkSpec;
import dev.turnpike.sinks.delivery.SinkSpec.RetryPolicy;
import dev.turnpike.sinks.slack.SlackSettings;
import dev.turnpike.sinks.slack.SlackSink;
import dev.turnpike.sinks.webhook.WebhookSettings;
import dev.turnpike.sinks.webhook.WebhookSink;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.RouteTemplateParameterSource;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * Creates the configured sinks: their beans, one route each of the templates {@code webhook} and {@code slack}, and
 * their consumers, which start after the routes and stop before them.
 */
public final class Sinks extends LifecycleStrategySupport implements AutoCloseable {
    private static final int ANSWER_BYTES = 256 * 1024;
    private static final Duration SLACK_DEADLINE = Duration.ofSeconds(15);

    private final SinkKafkaClient kafka;
    private final Network network;
    private final Function<Duration, RetryPolicy> policies;
    private final Duration failingAfter;
    private final DeliveryMeters meters;
    private final BiFunction<String, Receiver, Receiver> traced;
    private final Clock clock;
    private final SinkRoutes routes = new SinkRoutes();
    private final List<SinkConsumer> consumers = new ArrayList<>();
    private final List<Runnable> own = new ArrayList<>();

    /**
     * @param policies from the setting {@code give-up-after} to the retry policy
     * @param failingAfter time without a delivery after which a sink is reported as failing
     * @param traced from a sink's name and receiver to the receiver whose attempts are traced
     */
    public Sinks(
            SinkKafkaClient kafka,
            Network network,
            Function<Duration, RetryPolicy> policies,
            Duration failingAfter,
            DeliveryMeters meters,
            BiFunction<String, Receiver, Receiver> traced,
            Clock clock) {
        this.kafka = kafka;
        this.network = network;
        this.policies = policies;
        this.failingAfter = failingAfter;
        this.meters = meters;
        this.traced = traced;
        this.clock = clock;
    }

    /** Binds the beans of the route files; to be called before the routes are loaded. */
    public void addTo(CamelContext context, List<WebhookSettings> webhooks, List<SlackSettings> slacks) {
        context.addLifecycleStrategy(this);
        context.getRegistry().bind("chatText", new ChatText());
        webhooks.forEach(settings -> add(context, settings));
        slacks.forEach(settings -> add(context, settings));
        context.getRegistry().bind("sinkRoutes", RouteTemplateParameterSource.class, routes);
    }

    @Override
    public void onContextStarted(CamelContext context) {
        consumers.forEach(SinkConsumer::start);
    }

    @Override
    public void onContextStopping(CamelContext context) {
        consumers.forEach(SinkConsumer::stop);
        try {
            for (SinkConsumer consumer : consumers) {
                consumer.awaitEnd();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes the sinks' resources, after the context has stopped. */
    @Override
    public void close() {
        own.forEach(Runnable::run);
    }

    private void add(CamelContext context, WebhookSettings settings) {
        String sink = settings.sink();
        WebhookSink webhook = new WebhookSink(settings, call(context, sink), clock);
        context.getRegistry().bind("calls-" + sink, calls(settings.timeout(), settings.network(network)));
        add(context, "webhook", settings.name(), webhook, settings.options(), settings.concurrency(), event -> true);
    }

    private void add(CamelContext context, SlackSettings settings) {
        String sink = settings.sink();
        SlackSink slack = new SlackSink(settings, call(context, sink), kafka, clock);
        own.add(slack::close);
        context.getRegistry().bind("calls-" + sink, calls(SLACK_DEADLINE, network));
        // a channel gets one message at a time, and none about the history
        add(context, "slack", settings.name(), slack, settings.options(), 1, event -> !event.isBackfill());
    }

    private void add(
            CamelContext context,
            String family,
            String name,
            Receiver receiver,
            SinkOptions options,
            int concurrency,
            Predicate<DeliveredEvent> more) {
        String sink = family + "-" + name;
        context.getRegistry().bind(sink, receiver);
        routes.add(sink, family, name);
        List<String> topics = new ArrayList<>(List.of(kafka.turns(), kafka.alerts(), kafka.redeliveries()));
        if (options.filter().asksForUsage()) {
            topics.add(kafka.usage());
        }
        SinkSpec spec = new SinkSpec(
                sink,
                topics,
                more.and(options.filter()::accepts),
                options.startFrom(),
                concurrency,
                policies.apply(options.giveUpAfter()),
                failingAfter);
        consumers.add(new SinkConsumer(spec, kafka, traced.apply(sink, receiver), meters, clock));
    }

    private static RouteCall call(CamelContext context, String sink) {
        return new RouteCall(context.createProducerTemplate(), sink);
    }

    /** Creates HTTP clients for each sink, so that none waits for another one's connections. */
    private BoundedHttp calls(Duration deadline, Network through) {
        BoundedHttp calls = new BoundedHttp(new HttpLimits(ANSWER_BYTES, ANSWER_BYTES, deadline), "turnpike", through);
        own.add(calls::close);
        return calls;
    }

    /** Creates one route per configured sink from the templates, named after it. */
    static final class SinkRoutes implements RouteTemplateParameterSource {
        private final Map<String, Map<String, Object>> routes = new LinkedHashMap<>();

        void add(String routeId, String template, String name) {
            routes.put(routeId, Map.of("templateId", template, "name", name));
        }

        @Override
        public Map<String, Object> parameters(String routeId) {
            return routes.get(routeId);
        }

        @Override
        public Set<String> routeIds() {
            return routes.keySet();
        }
    }
}
