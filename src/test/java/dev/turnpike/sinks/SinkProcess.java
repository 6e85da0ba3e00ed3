package dev.turnpike.sinks;

import dev.turnpike.kafka.KafkaClients;
import dev.turnpike.sinks.delivery.SinkKafkaClient;
import dev.turnpike.sinks.delivery.SinkOptions.RetryPolicy;
import dev.turnpike.sinks.slack.SlackSettings;
import dev.turnpike.sinks.slack.SlackStandIn;
import dev.turnpike.sinks.webhook.WebhookReceiver;
import dev.turnpike.sinks.webhook.WebhookSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A process with one webhook and one Slack sink and nothing else, to be killed. */
public final class SinkProcess {
    static final Duration CALL = Duration.ofMillis(500);

    public static void main(String[] arguments) throws InterruptedException {
        RetryPolicy policy =
                new RetryPolicy(Duration.ofMillis(20), Duration.ofMillis(100), 3, 12, Duration.ofHours(24));
        WebhookSettings webhook = new WebhookSettings(
                "ci",
                URI.create(arguments[2]),
                List.of(arguments[3]),
                Map.of(),
                List.of(),
                null,
                TestSinks.with(TestSinks.ALL, policy),
                WebhookSettings.Body.EVENT,
                arguments.length > 6 ? Duration.parse(arguments[6]) : CALL);
        SlackSettings slack = new SlackSettings(
                "dev",
                null,
                arguments[5],
                "#codex",
                URI.create(arguments[4]),
                List.of(),
                TestSinks.with(TestSinks.CHANNEL, policy),
                Duration.ofMillis(20));
        RunningSinks.start(
                arguments[0],
                new SinkKafkaClient(new KafkaClients(arguments[0], Map.of()), arguments[1]),
                List.of(webhook),
                List.of(slack),
                // a killed process is replaced within seconds
                Duration.ofMillis(1500));
        new CountDownLatch(1).await();
    }

    /** What {@link #main} is given. */
    static Object[] arguments(SinkKafka kafka, WebhookReceiver receiver, String secret, SlackStandIn slack) {
        return new Object[] {
            kafka.brokers(),
            kafka.topics().prefix(),
            receiver.uri("/hook").toString(),
            secret,
            slack.uri("/api").toString(),
            SlackStandIn.TOKEN
        };
    }

    private SinkProcess() {}
}
