package dev.turnpike.sinks.slack;

import dev.turnpike.sinks.delivery.SinkOptions;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One configured Slack channel, reached by an incoming webhook or by a bot.
 *
 * @param name {@code default}, or a name of the setting {@code slacks}
 * @param webhookUrl of an incoming webhook, a secret; null for a bot
 * @param botToken {@code xoxb-...}, a secret; null for an incoming webhook
 * @param channel the bot's channel, id or name; null for an incoming webhook
 * @param api base of the Web API, {@link #API} but in tests
 * @param mentions whom a failed turn notifies: ids of users and user groups, {@code here} or {@code channel}
 * @param pace between two calls; Slack allows about one message a second and channel
 */
public record SlackSettings(
        String name,
        URI webhookUrl,
        String botToken,
        String channel,
        URI api,
        List<String> mentions,
        SinkOptions options,
        Duration pace) {
    public static final URI API = URI.create("https://slack.com/api");

    /** One message a second, with some margin. */
    public static final Duration PACE = Duration.ofMillis(1_100);

    public SlackSettings {
        mentions = List.copyOf(mentions);
    }

    /** The sink's name in dead letters, logs and {@code replay --sink}. */
    public String sink() {
        return "slack-" + name;
    }

    boolean isBot() {
        return botToken != null;
    }

    /** Where a request goes; an incoming webhook has no methods. */
    URI url(String method) {
        return isBot() ? URI.create(api + method) : webhookUrl;
    }

    /** As Slack writes them: {@code <@U1> <!subteam^S1> <!here>}. */
    String mention() {
        return mentions.stream()
                .map(mention -> switch (mention.charAt(0)) {
                    case 'U', 'W' -> "<@" + mention + ">";
                    case 'S' -> "<!subteam^" + mention + ">";
                    default -> "<!" + mention + ">";
                })
                .collect(Collectors.joining(" "));
    }

    /** Without URL and token. */
    @Override
    public String toString() {
        return sink() + (isBot() ? " by bot in " + channel : " by incoming webhook");
    }
}
