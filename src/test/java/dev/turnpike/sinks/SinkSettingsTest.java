package dev.turnpike.sinks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.settings.Settings;
import dev.turnpike.sinks.delivery.SinkFilter;
import dev.turnpike.sinks.delivery.SinkOptions;
import dev.turnpike.sinks.delivery.SinkOptions.RetryPolicy;
import dev.turnpike.sinks.slack.SlackSettings;
import dev.turnpike.sinks.webhook.WebhookSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SinkSettingsTest {
    private static final String ONE = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String TWO = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    @Test
    void withoutSinksThereAreNone() {
        assertThat(SinkSettings.names(Settings.of(Map.of()))).isEmpty();
    }

    @Test
    void severalByNameEachWithItsOwnFilters() {
        Settings settings = Settings.of(Map.ofEntries(
                Map.entry("webhook.url", "https://one.test/hook/"),
                Map.entry("webhook.secret", ONE + ", " + TWO),
                Map.entry("webhooks", "ci"),
                Map.entry("webhook.ci.url", "https://two.test/secret-path"),
                Map.entry("webhook.ci.secret", TWO),
                Map.entry("webhook.ci.events", "turn.*"),
                Map.entry("webhook.ci.environments", "prod, My env"),
                Map.entry("webhook.ci.repositories", "acme/shop"),
                Map.entry("webhook.ci.body", "thin"),
                Map.entry("webhook.ci.give-up-after", "2h"),
                Map.entry("slacks", "dev,ops"),
                Map.entry("slack.dev.webhook-url", "https://hooks.slack.com/services/T0/B0/secret"),
                Map.entry("slack.ops.bot-token", "xoxb-secret"),
                Map.entry("slack.ops.channel", "#ops"),
                Map.entry("slack.ops.events", "usage.*")));

        assertThat(SinkSettings.webhooks(settings))
                .containsExactly(
                        new WebhookSettings(
                                "default",
                                URI.create("https://one.test/hook/"),
                                List.of(ONE, TWO),
                                Map.of(),
                                List.of(),
                                null,
                                options(SinkFilter.ALL, Duration.ofHours(24), 8),
                                WebhookSettings.Body.EVENT,
                                Duration.ofSeconds(15)),
                        new WebhookSettings(
                                "ci",
                                URI.create("https://two.test/secret-path"),
                                List.of(TWO),
                                Map.of(),
                                List.of(),
                                null,
                                options(
                                        new SinkFilter(
                                                List.of("turn.*"), List.of("prod", "My env"), List.of("acme/shop")),
                                        Duration.ofHours(2),
                                        8),
                                WebhookSettings.Body.THIN,
                                Duration.ofSeconds(15)));
        assertThat(SinkSettings.slacks(settings))
                .containsExactly(
                        new SlackSettings(
                                "dev",
                                URI.create("https://hooks.slack.com/services/T0/B0/secret"),
                                null,
                                null,
                                SlackSettings.API,
                                List.of(),
                                options(SinkFilter.ALL, Duration.ofHours(24), 1),
                                SlackSettings.PACE),
                        new SlackSettings(
                                "ops",
                                null,
                                "xoxb-secret",
                                "#ops",
                                SlackSettings.API,
                                List.of(),
                                options(
                                        new SinkFilter(List.of("usage.*"), List.of(), List.of()),
                                        Duration.ofHours(24),
                                        1),
                                SlackSettings.PACE));
        assertThat(SinkSettings.names(settings))
                .containsExactly("webhook-default", "webhook-ci", "slack-dev", "slack-ops");
        assertThat(SinkSettings.webhooks(settings) + " " + SinkSettings.slacks(settings))
                .doesNotContain("secret", "whsec_", "xoxb");
    }

    private static SinkOptions options(SinkFilter filter, Duration giveUpAfter, int concurrency) {
        return new SinkOptions(filter, null, RetryPolicy.standard(giveUpAfter), concurrency);
    }
}
