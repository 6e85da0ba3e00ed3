package dev.turnpike.doctor;

import dev.turnpike.http.BoundedHttp;
import dev.turnpike.http.HttpLimits;
import dev.turnpike.http.Network;
import dev.turnpike.settings.Settings;
import dev.turnpike.sinks.SinkSettings;
import dev.turnpike.sinks.delivery.HttpFailures;
import dev.turnpike.sinks.slack.SlackPing;
import dev.turnpike.sinks.slack.SlackSettings;
import dev.turnpike.sinks.webhook.WebhookSettings;
import dev.turnpike.sinks.webhook.WebhookSink;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Checks that the receivers of the sinks accept requests. */
public record SinkChecks(Clock clock) {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int ANSWER_BYTES = 64 * 1024;

    /** Checks a bot's token and sends a signed ping to each webhook, but no message to a channel. */
    public List<Check> of(Settings settings) {
        List<Check> checks = new ArrayList<>();
        try (BoundedHttp http = http(settings.network())) {
            SinkSettings.slacks(settings).forEach(slack -> checks.add(of(slack, http)));
        }
        SinkSettings.webhooks(settings).forEach(webhook -> checks.add(of(webhook, settings.network())));
        return checks;
    }

    /** Sends a ping to a webhook, or a message to a channel. */
    public Check test(Settings settings, String sink) {
        for (WebhookSettings webhook : SinkSettings.webhooks(settings)) {
            if (webhook.sink().equals(sink)) {
                return of(webhook, settings.network());
            }
        }
        try (BoundedHttp http = http(settings.network())) {
            SlackSettings slack = SinkSettings.slacks(settings).stream()
                    .filter(configured -> configured.sink().equals(sink))
                    .findFirst()
                    .orElseThrow();
            SlackPing.post(slack, http);
            return Check.ok(sink, "a test message was posted");
        } catch (IOException e) {
            return failed(sink, e);
        }
    }

    Check of(SlackSettings slack, BoundedHttp http) {
        if (slack.webhookUrl() != null) {
            return Check.skipped(
                    slack.sink(),
                    "an incoming webhook can be tested only by a message: ./turnpike sink test " + slack.sink());
        }
        try {
            return Check.ok(slack.sink(), "Slack knows the bot: " + SlackPing.signIn(slack, http));
        } catch (IOException e) {
            return failed(slack.sink(), e);
        }
    }

    Check of(WebhookSettings webhook, Network network) {
        try (BoundedHttp http = http(webhook.network(network))) {
            int status = WebhookSink.ping(webhook, http, clock);
            return status / 100 == 2
                    ? Check.ok(webhook.sink(), "accepts a signed ping, HTTP " + status)
                    : Check.failed(
                            webhook.sink(),
                            "refuses a signed ping, HTTP " + status,
                            status / 100 == 3
                                    ? "redirects are not followed: give the URL that the receiver sends to"
                                    : "check the URL, the secret on both sides, and what the receiver logs");
        } catch (IOException e) {
            return failed(webhook.sink(), e);
        }
    }

    private Check failed(String sink, IOException failure) {
        return failure instanceof SlackPing.PingRefused
                ? Check.failed(sink, "refuses: " + failure.getMessage(), "check its URL, token and channel")
                : Check.failed(
                        sink,
                        "cannot be reached: "
                                + new HttpFailures(clock).of(failure).reason(),
                        UpstreamAdvice.network(failure, "its URL"));
    }

    private static BoundedHttp http(Network network) {
        return new BoundedHttp(new HttpLimits(ANSWER_BYTES, ANSWER_BYTES, TIMEOUT), "turnpike", network);
    }
}
