package dev.turnpike.sinks.slack;

import dev.turnpike.sinks.delivery.SinkFilter;
import java.net.URI;
import java.time.Duration;

/**
 * One configured Slack channel, reached by an incoming webhook or by a bot.
 *
 * @param name {@code default}, or as the setting {@code slacks} has it
 * @param webhookUrl of an incoming webhook, a secret; null for a bot
 * @param botToken {@code xoxb-...}, a secret; null for an incoming webhook
 * @param channel the bot's channel, id or name; null for an incoming webhook
 * @param api base of the Web API, {@link #API} but in tests
 * @param pace between two calls; Slack allows about one message a second and channel
 * @param giveUpAfter how long Slack is tried with one event while it fails
 */
public record SlackSettings(
        String name,
        URI webhookUrl,
        String botToken,
        String channel,
        URI api,
        SinkFilter filter,
        Duration pace,
        Duration giveUpAfter) {
    public static final URI API = URI.create("https://slack.com/api");

    /** One message a second, and a little air. */
    public static final Duration PACE = Duration.ofMillis(1_100);

    public SlackSettings {
        if ((webhookUrl == null) == (botToken == null)) {
            throw new IllegalArgumentException(
                    "slack " + name + " needs either the URL of an incoming webhook or a bot token");
        }
        if (botToken != null && channel == null) {
            throw new IllegalArgumentException("slack " + name + " has a bot token, but no channel");
        }
    }

    /** A channel's incoming webhook: messages only, no threads. */
    public static SlackSettings incomingWebhook(String name, URI url, SinkFilter filter, Duration giveUpAfter) {
        return new SlackSettings(name, url, null, null, API, filter, PACE, giveUpAfter);
    }

    /** A bot in a channel: one thread per task. */
    public static SlackSettings bot(
            String name, String token, String channel, SinkFilter filter, Duration giveUpAfter) {
        return new SlackSettings(name, null, token, channel, API, filter, PACE, giveUpAfter);
    }

    /** The sink's name in dead letters, logs and {@code replay --sink}. */
    public String sink() {
        return "slack-" + name;
    }

    boolean isBot() {
        return botToken != null;
    }

    /** Without URL and token. */
    @Override
    public String toString() {
        return sink() + (isBot() ? " by bot in " + channel : " by incoming webhook");
    }
}
