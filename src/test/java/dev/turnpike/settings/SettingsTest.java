package dev.turnpike.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    private static final String KEY = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz";

    @TempDir
    Path folder;

    @Test
    void takesCommandLineOverEnvironmentOverFileOverDefault() throws IOException {
        Path file = file("shards = 2\nhttp.port = 2\nmanagement.port = 2002");
        Map<String, String> environment = Map.of("SHARDS", "3", "HTTP_PORT", "3003");

        Settings settings = Settings.load(file, environment, Map.of("shards", "4"));

        assertThat(settings.integer("shards")).isEqualTo(4);
        assertThat(settings.origin("shards")).isEqualTo("-D");
        assertThat(settings.integer("http.port")).isEqualTo(3003);
        assertThat(settings.origin("http.port")).isEqualTo("environment HTTP_PORT");
        assertThat(settings.integer("management.port")).isEqualTo(2002);
        assertThat(settings.origin("management.port")).isEqualTo("my.properties:3");
        assertThat(settings.integer("sandbox.port")).isEqualTo(8081);
        assertThat(settings.isDefault("sandbox.port")).isTrue();
    }

    @Test
    void countsAnEmptyVariableAsUnsetAndAnEmptyOptionAsTheDefault() throws IOException {
        Path file = file("kafka.brokers = prod:9092\nshards = 4");

        Settings settings = Settings.load(file, Map.of("SHARDS", ""), Map.of("kafka.brokers", ""));

        assertThat(settings.integer("shards")).isEqualTo(4);
        assertThat(settings.isSet("kafka.brokers")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "codex.auth-files, true",
        "data.dir, true",
        "routes.extra, true",
        "http.ca-file, true",
        "webhook.client-key, true",
        "webhook.ci.client-key, true",
        "kafka.properties.ssl.truststore.location, true",
        "camel.main.routes-include-pattern, true",
        "kafka.properties.sasl.jaas.config, false",
        "slack.dev.channel, false",
        "shards, false",
        "no.such, false",
    })
    void knowsWhichTextsNameFiles(String name, boolean isPath) {
        assertThat(Settings.isPath(name)).isEqualTo(isPath);
    }

    @Test
    void readsEachKind() {
        Settings settings = Settings.of(Map.of(
                "codex.base-url", "http://127.0.0.1:8081/backend-api/",
                "kafka.brokers", "one:9092, [::1]:9093,",
                "poll.tasks.idle", "1m30s",
                "poll.usage", "PT90S",
                "start-from", "Beginning",
                "events.details", "FALSE",
                "data.dir", "/var/lib/turnpike"));

        assertThat(settings.uri("codex.base-url")).isEqualTo(URI.create("http://127.0.0.1:8081/backend-api"));
        assertThat(settings.list("kafka.brokers")).containsExactly("one:9092", "[::1]:9093");
        assertThat(settings.duration("poll.tasks.idle")).isEqualTo(Duration.ofSeconds(90));
        assertThat(settings.duration("poll.usage")).isEqualTo(Duration.ofSeconds(90));
        assertThat(settings.text("start-from")).isEqualTo("beginning");
        assertThat(settings.flag("events.details")).isFalse();
        assertThat(settings.path("data.dir")).isEqualTo(Path.of("/var/lib/turnpike"));
        assertThat(settings.longs("alerts.usage-thresholds")).containsExactly(75L, 90L, 95L);
        assertThat(settings.integer("codex.max-reply-bytes")).isEqualTo(33_554_432);
        assertThat(settings.text("slack.channel")).isEmpty();
        assertThat(settings.flag("commands.enabled")).isFalse();
    }

    @Test
    void refusesToBeAskedForAnotherTypeOrAnUnknownName() {
        Settings settings = Settings.of(Map.of());

        assertThatThrownBy(() -> settings.text("shards")).hasMessage("shards is not a String");
        assertThatThrownBy(() -> settings.integer("topics.replication")).hasMessage("topics.replication is not set");
        assertThatThrownBy(() -> settings.text("shard")).hasMessage("no setting shard");
    }

    @Test
    void takesASecretFromAFileWithoutItsNewline() throws IOException {
        Path token = Files.writeString(folder.resolve("token"), "xoxb-hunter2\r\n");

        Settings settings =
                Settings.load(null, Map.of("SLACK_BOT_TOKEN_FILE", token.toString()), Map.of("slack.channel", "C1"));

        assertThat(settings.text("slack.bot-token")).isEqualTo("xoxb-hunter2");
    }

    @Test
    void startsRelativePathsWhereTheyWereWritten() throws IOException {
        Path home = Files.createDirectory(folder.resolve("home"));
        Path work = Path.of("").toAbsolutePath();
        Path file = file("data.dir = ../state");
        Map<String, String> environment = Map.of("TURNPIKE_HOME", home.toString(), "HOME", "/home/ada");

        Settings settings = Settings.load(file, environment, Map.of());
        assertThat(settings.path("data.dir")).isEqualTo(folder.resolveSibling("state"));
        assertThat(settings.path("routes")).isEqualTo(home.resolve("routes"));
        assertThat(settings.paths("codex.auth-files")).containsExactly(Path.of("/home/ada/.codex/auth.json"));

        Settings overridden = Settings.load(file, environment, Map.of("data.dir", "here"));
        assertThat(overridden.path("data.dir")).isEqualTo(work.resolve("here"));
    }

    @Test
    void aCodexHomeWithACommaWouldBeTwoFiles() {
        assertThatThrownBy(() -> Settings.load(null, Map.of("CODEX_HOME", "/srv/a,b"), Map.of()))
                .hasMessageContaining("CODEX_HOME")
                .hasMessageContaining("/srv/a,b has a comma");
    }

    @Test
    void looksForTheSignInInCodexHome() {
        Settings settings = Settings.load(null, Map.of("CODEX_HOME", "/srv/codex"), Map.of());
        assertThat(settings.paths("codex.auth-files")).containsExactly(Path.of("/srv/codex/auth.json"));
        assertThat(settings.origin("codex.auth-files")).isEqualTo("environment CODEX_HOME");

        Settings both = Settings.load(
                null, Map.of("CODEX_HOME", "/srv/codex", "CODEX_AUTH_FILES", "/a/auth.json,/b/auth.json"), Map.of());
        assertThat(both.paths("codex.auth-files")).containsExactly(Path.of("/a/auth.json"), Path.of("/b/auth.json"));
    }

    @Test
    void knowsNamedSinks() {
        Settings settings = Settings.load(
                null,
                Map.of("SLACK_DEV_OPS_WEBHOOK_URL", "https://hooks.slack.com/services/1"),
                Map.of(
                        "slacks",
                        "dev-ops",
                        "webhooks",
                        "ci",
                        "webhook.ci.url",
                        "https://example.org",
                        "webhook.ci.secret",
                        KEY));

        assertThat(settings.sinks("slack")).containsExactly("slack.dev-ops");
        assertThat(settings.sinks("webhook")).containsExactly("webhook.ci");
        assertThat(settings.duration("webhook.ci.timeout")).isEqualTo(Duration.ofSeconds(15));
        assertThat(Settings.of(Map.of()).sinks("slack")).isEmpty();
    }

    @Test
    void passesKafkasOwnPropertiesOnFromAllSources() throws IOException {
        Path file = file("kafka.brokers = a:1\nkafka.properties.client.id = file\nkafka.properties.client.rack = file");
        Path jaas = Files.writeString(folder.resolve("jaas"), "hunter2\n");
        Map<String, String> environment = Map.of(
                "KAFKA_PROPERTIES_CLIENT_RACK", "environment",
                "KAFKA_PROPERTIES_SASL_JAAS_CONFIG_FILE", jaas.toString(),
                "KAFKA_PROPERTIES_SASL_OAUTHBEARER_ASSERTION_TEMPLATE_FILE", "/t");

        Settings settings = Settings.load(file, environment, Map.of("kafka.properties.retries", "9"));

        assertThat(settings.kafkaProperties())
                .isEqualTo(Map.of(
                        "client.id", "file",
                        "client.rack", "environment",
                        "sasl.jaas.config", "hunter2",
                        "sasl.oauthbearer.assertion.template.file", "/t",
                        "retries", "9"));
    }

    @Test
    void aFileMayBeginWithTheMarkThatEditorsOnWindowsWrite() throws IOException {
        assertThat(Settings.load(file("\ufeffshards = 3\r\n"), Map.of(), Map.of())
                        .integer("shards"))
                .isEqualTo(3);
        assertThat(Settings.load(file("\ufeff# mine\r\nshards = 3\r\n"), Map.of(), Map.of())
                        .integer("shards"))
                .isEqualTo(3);
    }

    @Test
    void givesCamelEverySettingInFormsItUnderstands() {
        Map<String, String> properties = Settings.of(Map.of("camel.main.name", "mine", "kafka.brokers", "a:1, b:2"))
                .asProperties();

        assertThat(properties)
                .containsEntry("poll.tick", "1000")
                .containsEntry("alerts.usage-thresholds", "75,90,95")
                .containsEntry("kafka.brokers", "a:1,b:2")
                .containsEntry("slack.channel", "")
                .containsEntry("camel.main.name", "mine");
        assertThat(properties.keySet())
                .containsAll(Catalogue.ALL.stream().map(Setting::name).toList());
        assertThat(Path.of(properties.get("routes"))).isAbsolute();
    }

    @Test
    void hidesSecretsInItsTextForm() {
        Settings settings = Settings.of(Map.of(
                "codex.access-token", "hunter2",
                "slack.webhook-url", "https://hooks.slack.com/hunter2",
                "webhook.url", "https://example.org/hunter2",
                "webhook.secret", KEY,
                "kafka.brokers", "a:1",
                "kafka.properties.sasl.jaas.config", "hunter2",
                "kafka.properties.my.plugin.password", "hunter2",
                "kafka.properties.client.id", "me"));

        assertThat(settings.toString())
                .contains("kafka.brokers=a:1", "codex.access-token=***", "kafka.properties.client.id=me")
                .doesNotContain("hunter2", KEY);
    }

    @Test
    void keepsTheSandboxAwayFromAccountsBrokersAndReceivers() throws IOException {
        Path file = file("""
                kafka.brokers = prod:9092
                kafka.properties.security.protocol = SSL
                camel.component.kafka.brokers = prod:9092
                camel.component.kafka.ssl-keystore-password = x
                camel.main.name = mine
                slacks = dev
                slack.dev.webhook-url = https://hooks.slack.com/services/1
                shards = 3
                """);
        Map<String, String> environment = new HashMap<>(Map.of(
                "CODEX_HOME", "/srv/codex",
                "CODEX_ACCESS_TOKEN", "hunter2",
                "SLACK_WEBHOOK_URL", "https://hooks.slack.com/services/2",
                "WEBHOOK_URL", "https://example.org",
                "KAFKA_PROPERTIES_SASL_MECHANISM", "PLAIN",
                "SANDBOX_PORT", "9999"));

        Settings settings = Settings.loadForSandbox(file, environment, Map.of());

        assertThat(settings.isSet("kafka.brokers")).isFalse();
        assertThat(settings.isSet("codex.access-token")).isFalse();
        assertThat(settings.isDefault("codex.auth-files")).isTrue();
        assertThat(settings.sinks("slack")).isEmpty();
        assertThat(settings.sinks("webhook")).isEmpty();
        assertThat(settings.kafkaProperties()).isEmpty();
        assertThat(settings.asProperties())
                .containsEntry("camel.main.name", "mine")
                .doesNotContainKey("camel.component.kafka.brokers")
                .doesNotContainKey("camel.component.kafka.ssl-keystore-password");
        assertThat(settings.integer("shards")).isEqualTo(3);
        assertThat(settings.integer("sandbox.port")).isEqualTo(9999);

        Settings asked = Settings.loadForSandbox(file, environment, Map.of("kafka.brokers", "mine:1"));
        assertThat(asked.list("kafka.brokers")).containsExactly("mine:1");
    }

    @Test
    void replacesSomeAndChecksAgain() {
        Settings settings = Settings.of(Map.of("shards", "4"));

        assertThat(settings.with(Map.of("http.port", "0")).integer("shards")).isEqualTo(4);
        assertThat(settings.with(Map.of("shards", "5")).integer("shards")).isEqualTo(5);
        assertThatThrownBy(() -> settings.with(Map.of("shards", "0")))
                .isInstanceOf(SettingsException.class)
                .hasMessage("shards = 0 (set by the program): must be a whole number from 1 to 1000");
    }

    @ParameterizedTest
    @CsvSource({
        "500ms, 500, 500ms",
        "15s, 15000, 15s",
        "1h30m, 5400000, 1h30m",
        "90m, 5400000, 1h30m",
        "30d, 2592000000, 30d",
        "1H, 3600000, 1h",
        "1m 5s, 65000, 1m5s",
        "PT0.25S, 250, 250ms",
        "P2D, 172800000, 2d",
        "0s, 0, 0s"
    })
    void readsAndWritesDurations(String text, long millis, String shortest) {
        assertThat(DurationText.parse(text)).isEqualTo(Duration.ofMillis(millis));
        assertThat(DurationText.format(Duration.ofMillis(millis))).isEqualTo(shortest);
    }

    /** The time left of a token may be as long, if its issuer means that it never expires. */
    @Test
    void writesDurationsOfMillionsOfYears() {
        assertThat(DurationText.format(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo("106751991167300d15h30m7s");
    }

    @ParameterizedTest
    @CsvSource({"''", "15", "s", "-1s", "1.5h", "999999999999d", "1s1h", "PT-1S", "soon"})
    void refusesWhatIsNoDuration(String text) {
        assertThatThrownBy(() -> DurationText.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void remembersLinesAcrossContinuationsAndComments() throws IOException {
        Path file = file("# comment \\\nshards = 4\ncodex.auth-files = /a,\\\n   /b\n\n! other\nhttp.port=1\n");

        assertThat(PropertiesFile.read(file))
                .extracting(entry -> List.of(entry.key(), entry.value(), entry.line()))
                .containsExactly(
                        List.of("shards", "4", 2),
                        List.of("codex.auth-files", "/a,/b", 3),
                        List.of("http.port", "1", 7));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("my.properties"), text);
    }
}
