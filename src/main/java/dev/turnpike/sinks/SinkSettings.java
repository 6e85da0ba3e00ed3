package dev.turnpike.sinks;

import dev.turnpike.http.CertificateBundle;
import dev.turnpike.http.ClientCertificate;
import dev.turnpike.settings.Settings;
import dev.turnpike.sinks.delivery.SinkFilter;
import dev.turnpike.sinks.delivery.SinkOptions;
import dev.turnpike.sinks.delivery.SinkOptions.RetryPolicy;
import dev.turnpike.sinks.slack.SlackSettings;
import dev.turnpike.sinks.webhook.WebhookSettings;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Reads the configured sinks from the settings. The unnamed sink of a family is called default. */
public final class SinkSettings {

    public static List<WebhookSettings> webhooks(Settings settings) {
        return settings.sinks("webhook").stream()
                .map(prefix -> new WebhookSettings(
                        name(prefix),
                        settings.uri(prefix + ".url"),
                        settings.list(prefix + ".secret"),
                        headers(settings.list(prefix + ".headers")),
                        settings.isSet(prefix + ".ca-file")
                                ? CertificateBundle.read(settings.path(prefix + ".ca-file"))
                                : List.of(),
                        settings.isSet(prefix + ".client-certificate")
                                ? ClientCertificate.read(
                                        settings.path(prefix + ".client-certificate"),
                                        settings.path(prefix + ".client-key"))
                                : null,
                        options(settings, prefix, settings.integer(prefix + ".concurrency")),
                        WebhookSettings.Body.valueOf(
                                settings.text(prefix + ".body").toUpperCase(Locale.ROOT)),
                        settings.duration(prefix + ".timeout")))
                .toList();
    }

    public static List<SlackSettings> slacks(Settings settings) {
        return settings.sinks("slack").stream()
                .map(prefix -> {
                    boolean bot = !settings.isSet(prefix + ".webhook-url");
                    return new SlackSettings(
                            name(prefix),
                            bot ? null : settings.uri(prefix + ".webhook-url"),
                            bot ? settings.text(prefix + ".bot-token") : null,
                            bot ? settings.text(prefix + ".channel") : null,
                            SlackSettings.API,
                            settings.list(prefix + ".mention-on-failure"),
                            // a channel gets one message at a time
                            options(settings, prefix, 1),
                            SlackSettings.PACE);
                })
                .toList();
    }

    /** The names of the configured sinks, such as {@code webhook-ci}, for {@code replay --sink}. */
    public static List<String> names(Settings settings) {
        return Stream.concat(
                        webhooks(settings).stream().map(WebhookSettings::sink),
                        slacks(settings).stream().map(SlackSettings::sink))
                .toList();
    }

    private static SinkOptions options(Settings settings, String prefix, int concurrency) {
        String startFrom = settings.text(prefix + ".start-from");
        return new SinkOptions(
                new SinkFilter(
                        settings.list(prefix + ".events"),
                        settings.list(prefix + ".environments"),
                        settings.list(prefix + ".repositories")),
                switch (startFrom) {
                    case "now" -> null;
                    case "beginning" -> Instant.EPOCH;
                    default -> Instant.parse(startFrom);
                },
                RetryPolicy.standard(settings.duration(prefix + ".give-up-after")),
                concurrency);
    }

    private static Map<String, String> headers(List<String> lines) {
        Map<String, String> headers = new LinkedHashMap<>();
        lines.forEach(line -> headers.put(
                line.substring(0, line.indexOf(':')),
                line.substring(line.indexOf(':') + 1).strip()));
        return headers;
    }

    private static String name(String prefix) {
        int dot = prefix.indexOf('.');
        return dot < 0 ? "default" : prefix.substring(dot + 1);
    }

    private SinkSettings() {}
}
