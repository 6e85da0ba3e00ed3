package dev.turnpike.sinks;

import dev.turnpike.http.Network;
import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.sinks.delivery.SinkKafkaClient;
import dev.turnpike.sinks.slack.SlackSettings;
import dev.turnpike.sinks.webhook.WebhookSettings;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;

/** Camel Main with the route files that ship, and nothing but sinks. */
public final class RunningSinks implements AutoCloseable {
    /** A sink that fails for so long is reported. */
    public static final Duration FAILING_AFTER = Duration.ofSeconds(2);

    /** A busy machine says nothing for a while, too. */
    private static final Duration SESSION = Duration.ofSeconds(20);

    private final Main main = new Main();
    private final CountedDeliveries deliveries = new CountedDeliveries();
    private final Sinks sinks;

    private RunningSinks(
            String brokers,
            SinkKafkaClient topics,
            List<WebhookSettings> webhooks,
            List<SlackSettings> slacks,
            Duration session,
            String moreRoutes) {
        Map<String, String> properties = Map.of(
                "session.timeout.ms",
                "" + session.toMillis(),
                "heartbeat.interval.ms",
                "" + session.dividedBy(4).toMillis());
        sinks = new Sinks(
                new SinkKafkaClient(new KafkaClients(brokers, properties), topics.prefix()),
                Network.plain(),
                FAILING_AFTER,
                deliveries,
                (sink, receiver) -> receiver,
                Clock.systemUTC());
        main.setPropertyPlaceholderLocations("classpath:dev/turnpike/camel.properties");
        main.addOverrideProperty("camel.management.enabled", "false");
        main.addOverrideProperty("camel.metrics.enabled", "false");
        main.addInitialProperty("bind", "127.0.0.1");
        main.addInitialProperty("management.port", "0");
        main.addOverrideProperty("camel.component.kafka.brokers", brokers);
        main.addInitialProperty("topics.prefix", topics.prefix());
        // longer than any test waits: a stop that only this ends is a fault
        main.addOverrideProperty("camel.main.shutdown-timeout", "600");
        main.addOverrideProperty("camel.component.kafka.pollTimeoutMs", "200");
        main.configure()
                .withRoutesIncludePattern("file:routes/webhook.camel.yaml,file:routes/slack.camel.yaml" + moreRoutes);
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport support) {
                sinks.addTo(support.getCamelContext(), webhooks, slacks);
            }
        });
    }

    public static RunningSinks start(SinkKafka kafka, List<WebhookSettings> webhooks, List<SlackSettings> slacks) {
        return start(kafka.brokers(), kafka.topics(), webhooks, slacks, SESSION);
    }

    /** @param session so long a member that was killed keeps its partitions */
    static RunningSinks start(
            String brokers,
            SinkKafkaClient topics,
            List<WebhookSettings> webhooks,
            List<SlackSettings> slacks,
            Duration session) {
        RunningSinks running = new RunningSinks(brokers, topics, webhooks, slacks, session, "");
        running.main.start();
        return running;
    }

    /** No sinks, but a route file more, with properties of its own. */
    public static RunningSinks withRoute(SinkKafka kafka, String file, Map<String, String> properties) {
        RunningSinks running =
                new RunningSinks(kafka.brokers(), kafka.topics(), List.of(), List.of(), SESSION, ",file:" + file);
        properties.forEach(running.main::addOverrideProperty);
        running.main.start();
        return running;
    }

    public CamelContext context() {
        return main.getCamelContext();
    }

    /** What the sinks have reported of their deliveries so far. */
    public CountedDeliveries deliveries() {
        return deliveries;
    }

    @Override
    public void close() {
        main.stop();
        sinks.close();
    }
}
