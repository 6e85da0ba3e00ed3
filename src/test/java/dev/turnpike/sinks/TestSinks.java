package dev.turnpike.sinks;

import dev.turnpike.Patience;
import dev.turnpike.sinks.delivery.SinkFilter;
import dev.turnpike.sinks.delivery.SinkOptions;
import dev.turnpike.sinks.delivery.SinkOptions.RetryPolicy;
import dev.turnpike.sinks.slack.SlackSettings;
import dev.turnpike.sinks.webhook.WebhookSettings;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Sinks as the tests configure them: from the beginning of the topics, for a day. */
public final class TestSinks {
    public static final SinkOptions ALL = options(SinkFilter.ALL);

    /** One message at a time. */
    public static final SinkOptions CHANNEL = new SinkOptions(ALL.filter(), ALL.startFrom(), ALL.policy(), 1);

    /** Without the alerts that other sinks give occasion to. */
    public static final SinkOptions TURNS = options(new SinkFilter(List.of("turn.*", "task.*"), List.of(), List.of()));

    public static SinkOptions options(SinkFilter filter) {
        return new SinkOptions(filter, Instant.EPOCH, quick(Duration.ofHours(24)), 8);
    }

    /** Pauses of a few milliseconds in place of seconds. */
    public static RetryPolicy quick(Duration giveUpAfter) {
        return new RetryPolicy(Duration.ofMillis(50), Duration.ofMillis(400), 3, 8, giveUpAfter);
    }

    /** The same sink with another policy. */
    public static SinkOptions with(SinkOptions options, RetryPolicy policy) {
        return new SinkOptions(options.filter(), options.startFrom(), policy, options.concurrency());
    }

    public static WebhookSettings webhook(String name, URI url, String... secrets) {
        return webhook(name, url, ALL, secrets);
    }

    public static WebhookSettings webhook(String name, URI url, SinkOptions options, String... secrets) {
        return new WebhookSettings(
                name,
                url,
                List.of(secrets),
                Map.of(),
                List.of(),
                null,
                options,
                WebhookSettings.Body.EVENT,
                // no machine is so slow that an answer that comes is given up
                Patience.LONGEST);
    }

    public static SlackSettings bot(String name, String token, URI api, Duration pace) {
        return new SlackSettings(name, null, token, "#codex", api, List.of(), CHANNEL, pace);
    }

    public static SlackSettings hook(String name, URI url, Duration pace) {
        return new SlackSettings(name, url, null, null, SlackSettings.API, List.of(), CHANNEL, pace);
    }

    private TestSinks() {}
}
