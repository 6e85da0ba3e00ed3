package dev.turnpike.sinks;

import dev.turnpike.http.BoundedHttp;
import dev.turnpike.http.HttpLimits;
import dev.turnpike.http.Network;
import dev.turnpike.sinks.delivery.DeliveryMeters;
import dev.turnpike.sinks.delivery.Receiver;
import dev.turnpike.sinks.delivery.RouteCall;
import dev.turnpike.sinks.delivery.SinkConsumer;
import dev.turnpike.sinks.delivery.SinkKafkaClient;
import dev.turnpike.sinks.delivery.SinkOptions;
import dev.turnpike.sinks.slack.SlackSettings;
import dev.turnpike.sinks.slack.SlackSink;
import dev.turnpike.sinks.webhook.WebhookSettings;
import dev.turnpike.sinks.webhook.WebhookSink;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.apache.camel.CamelContext;
import org.apache.camel.main.PropertiesRouteTemplateParametersSource;
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
    private final Duration failingAfter;
    private final DeliveryMeters meters;
    private final BiFunction<String, Receiver, Receiver> traced;
    private final Clock clock;
    private final PropertiesRouteTemplateParametersSource routes = new PropertiesRouteTemplateParametersSource();
    private final List<SinkConsumer> consumers = new ArrayList<>();
    private final List<Runnable> own = new ArrayList<>();

    /**
     * @param failingAfter time without a delivery after which a sink is reported as failing
     * @param traced from a sink's name and receiver to the receiver whose attempts are traced
     */
    public Sinks(
            SinkKafkaClient kafka,
            Network network,
            Duration failingAfter,
            DeliveryMeters meters,
            BiFunction<String, Receiver, Receiver> traced,
            Clock clock) {
        this.kafka = kafka;
        this.network = network;
        this.failingAfter = failingAfter;
        this.meters = meters;
        this.traced = traced;
        this.clock = clock;
    }

    /** Binds the beans of the route files; to be called before the routes are loaded. */
    public void addTo(CamelContext context, List<WebhookSettings> webhooks, List<SlackSettings> slacks) {
        context.addLifecycleStrategy(this);
        context.getRegistry().bind("chatText", new ChatText());
        for (WebhookSettings webhook : webhooks) {
            Receiver receiver =
                    new WebhookSink(webhook, new RouteCall(context.createProducerTemplate(), webhook.sink()), clock);
            add(
                    context,
                    "webhook",
                    webhook.name(),
                    receiver,
                    webhook.options(),
                    webhook.timeout(),
                    webhook.network(network));
        }
        for (SlackSettings slack : slacks) {
            SlackSink receiver =
                    new SlackSink(slack, new RouteCall(context.createProducerTemplate(), slack.sink()), kafka, clock);
            own.add(receiver::close);
            add(context, "slack", slack.name(), receiver, slack.options(), SLACK_DEADLINE, network);
        }
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

    /** With HTTP clients of its own, so that no sink waits for another one's connections. */
    private void add(
            CamelContext context,
            String template,
            String name,
            Receiver receiver,
            SinkOptions options,
            Duration deadline,
            Network through) {
        String sink = template + "-" + name;
        BoundedHttp calls = new BoundedHttp(new HttpLimits(ANSWER_BYTES, ANSWER_BYTES, deadline), "turnpike", through);
        own.add(calls::close);
        context.getRegistry().bind("calls-" + sink, calls);
        context.getRegistry().bind(sink, receiver);
        routes.addParameter(sink, "templateId", template);
        routes.addParameter(sink, "name", name);
        consumers.add(
                new SinkConsumer(sink, options, failingAfter, kafka, traced.apply(sink, receiver), meters, clock));
    }
}
