package dev.turnpike.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BadSettingsTest {
    private static final String DURATION = "must be a duration with its unit, such as 500ms, 15s, 10m, 1h or 30d, ";

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("badLines")
    void areRefusedWithOneLineThatSaysWhatIsAllowed(String fileText, String line) throws IOException {
        assertThat(problems(fileText, Map.of(), Map.of())).containsExactly(line);
    }

    static Stream<Arguments> badLines() {
        return Stream.of(
                argumentSet(
                        "a number without unit",
                        "poll.usage = 15",
                        "poll.usage = 15 (my.properties:1): " + DURATION + "from 1s to 1d"),
                argumentSet(
                        "too short",
                        "poll.tick = 5ms",
                        "poll.tick = 5ms (my.properties:1): " + DURATION + "from 100ms to 1m"),
                argumentSet(
                        "a negative duration",
                        "poll.usage = PT-5S",
                        "poll.usage = PT-5S (my.properties:1): " + DURATION + "from 1s to 1d"),
                argumentSet(
                        "no number",
                        "\n\nshards = many",
                        "shards = many (my.properties:3): must be a whole number from 1 to 1000"),
                argumentSet(
                        "out of range",
                        "http.port = 65536",
                        "http.port = 65536 (my.properties:1): must be a whole number from 0 to 65535"),
                argumentSet(
                        "no word of the list",
                        "start-from = yesterday",
                        "start-from = yesterday (my.properties:1): must be now or beginning"),
                argumentSet(
                        "no flag",
                        "events.details = yes",
                        "events.details = yes (my.properties:1): must be true or false"),
                argumentSet(
                        "another scheme",
                        "codex.base-url = ftp://example.org",
                        "codex.base-url = ftp://example.org (my.properties:1): must be an http or https URL without user name or password, and without a query"),
                argumentSet(
                        "a URL with spaces",
                        "codex.token-url = https://a b",
                        "codex.token-url = https://a b (my.properties:1): must be an http or https URL without user name or password, and without a query"),
                argumentSet(
                        "a URL without a scheme",
                        "codex.base-url = chatgpt.com",
                        "codex.base-url = chatgpt.com (my.properties:1): must be an http or https URL without user name or password, and without a query"),
                argumentSet(
                        "a URL without a host",
                        "codex.base-url = https://",
                        "codex.base-url = https:// (my.properties:1): must be an http or https URL without user name or password, and without a query"),
                argumentSet(
                        "a URL with a fragment",
                        "codex.base-url = https://h/#a",
                        "codex.base-url = https://h/#a (my.properties:1): must be an http or https URL without user name or password, and without a query"),
                argumentSet(
                        "a URL with a query",
                        "codex.threads-url = https://host?x=1",
                        "codex.threads-url = https://host?x=1 (my.properties:1): must be an http or https URL without user name or password, and without a query"),
                argumentSet(
                        "a URL with a password, which is not repeated",
                        "codex.threads-url = https://user:password@host/x",
                        "codex.threads-url = https://***@host/x (my.properties:1): must be an http or https URL without user name or password, and without a query"),
                argumentSet(
                        "a broker without port",
                        "kafka.brokers = one:9092,two",
                        "kafka.brokers = one:9092,two (my.properties:1): must be host:port, comma-separated"),
                argumentSet(
                        "thresholds out of order",
                        "alerts.usage-thresholds = 90,75",
                        "alerts.usage-thresholds = 90,75 (my.properties:1): must be ascending comma-separated whole percentages from 1 to 100"),
                argumentSet(
                        "the same file twice",
                        "codex.auth-files = /a/auth.json, /a/./auth.json",
                        "codex.auth-files = /a/auth.json, /a/./auth.json (my.properties:1): must be one or more different paths, comma-separated"),
                argumentSet(
                        "a malformed secret stays secret",
                        "slack.bot-token = hunter2",
                        "slack.bot-token = *** (my.properties:1): must be a Slack bot token (xoxb-...); a rotated one (xoxe.xoxb-...) expires after twelve hours"),
                argumentSet(
                        "a slip of the pen",
                        "poll.taks.idle = 1m",
                        "poll.taks.idle (my.properties:1): no such setting; did you mean poll.tasks.idle?"),
                argumentSet(
                        "nothing like a setting",
                        "completely.different = 1",
                        "completely.different (my.properties:1): no such setting; application.properties lists them all"),
                argumentSet(
                        "a sink that is not named",
                        "slack.dev.channel = C1",
                        "slack.dev.channel (my.properties:1): no such setting unless slacks names dev"),
                argumentSet(
                        "twice in the file",
                        "shards = 4\n# and again\nshards = 8",
                        "shards (my.properties:3): already set at my.properties:1"),
                argumentSet(
                        "a torn escape",
                        "shards = \\u12",
                        "my.properties:1: Malformed \\uxxxx encoding. A backslash is written \\\\."),
                argumentSet(
                        "idle shorter than active",
                        "poll.tasks.idle = 5s",
                        "poll.tasks.idle = 5s (my.properties:1): must not be shorter than poll.tasks.active = 15s"),
                argumentSet(
                        "active longer than idle",
                        "poll.tasks.active = 2m",
                        "poll.tasks.active = 2m (my.properties:1): must not be longer than poll.tasks.idle = 60s"),
                argumentSet(
                        "a beat longer than the pause",
                        "poll.tick = 30s",
                        "poll.tick = 30s (my.properties:1): must not be longer than poll.tasks.active = 15s"),
                argumentSet(
                        "two on one port",
                        "http.port = 9876",
                        "http.port = 9876 (my.properties:1): must be another port than management.port"),
                argumentSet(
                        "the embedded broker's port",
                        "management.port = 9092",
                        "management.port = 9092 (my.properties:1): must be another port than kafka.embedded.port"),
                argumentSet(
                        "a bot without channel",
                        "slack.bot-token = xoxb-hunter2",
                        "slack.bot-token = *** (my.properties:1): needs slack.channel"),
                argumentSet(
                        "a channel without bot",
                        "slack.channel = #dev",
                        "slack.channel = #dev (my.properties:1): needs slack.bot-token"),
                argumentSet(
                        "a named sink without anything",
                        "slacks = dev",
                        "slacks = dev (my.properties:1): needs slack.dev.webhook-url, or slack.dev.bot-token and slack.dev.channel"),
                argumentSet(
                        "commands without an allow-list",
                        "commands.enabled = true",
                        "commands.enabled = true (my.properties:1): needs commands.environments: the environments that commands may use, or * for all"),
                argumentSet(
                        "both of Slack's ways",
                        "slack.webhook-url = https://hooks.slack.com/services/x\nslack.bot-token = xoxb-1\nslack.channel = C1",
                        "slack.bot-token = *** (my.properties:2): set slack.webhook-url or slack.bot-token, not both"),
                argumentSet(
                        "a webhook without key",
                        "webhook.url = https://example.org/hook?key=hunter2",
                        "webhook.url = *** (my.properties:1): needs webhook.secret, the key of the signature"),
                argumentSet(
                        "a named webhook without URL",
                        "webhooks = ci\nwebhook.ci.secret = whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz",
                        "webhook.ci.secret = *** (my.properties:2): needs webhook.ci.url"),
                argumentSet(
                        "what the guarantees need",
                        "kafka.properties.acks = 1",
                        "kafka.properties.acks = 1 (my.properties:1): must not be set, since the delivery guarantees depend on it; remove it"),
                argumentSet(
                        "brokers by Kafka's name",
                        "kafka.properties.bootstrap.servers = a:1",
                        "kafka.properties.bootstrap.servers = a:1 (my.properties:1): use kafka.brokers"),
                argumentSet(
                        "security for the embedded broker",
                        "kafka.properties.security.protocol = SSL",
                        "kafka.properties.security.protocol = SSL (my.properties:1): requires kafka.brokers: the embedded broker supports only PLAINTEXT"));
    }

    @Test
    void areAllReportedAtOnceWithWhereEachWasGiven() throws IOException {
        List<String> lines = problems(
                "shards = 0\nstart-form = now",
                Map.of("POLL_USAGE", "soon"),
                Map.of("events.content", "everything", "log.levle", "info"));

        assertThat(lines)
                .containsExactlyInAnyOrder(
                        "shards = 0 (my.properties:1): must be a whole number from 1 to 1000",
                        "start-form (my.properties:2): no such setting; did you mean start-from?",
                        "poll.usage = soon (environment POLL_USAGE): " + DURATION + "from 1s to 1d",
                        "events.content = everything (-D): must be full, summary or metadata",
                        "log.levle (-D): no such setting; did you mean log.level?");
    }

    @Test
    void ofASecretFileAreReportedWithoutItsContent() throws IOException {
        Path empty = Files.writeString(folder.resolve("empty"), "\n");
        Path bad = Files.writeString(folder.resolve("bad"), "hunter2\n");
        Path missing = folder.resolve("missing");

        assertThat(problems("", Map.of("SLACK_BOT_TOKEN_FILE", missing.toString()), Map.of()))
                .containsExactly("slack.bot-token (" + missing
                        + ", named by SLACK_BOT_TOKEN_FILE): the file cannot be read: NoSuchFileException");
        assertThat(problems("", Map.of("WEBHOOK_SECRET_FILE", empty.toString()), Map.of()))
                .containsExactly("webhook.secret (" + empty + ", named by WEBHOOK_SECRET_FILE): the file is empty");
        assertThat(problems("", Map.of("WEBHOOK_SECRET_FILE", bad.toString()), Map.of()))
                .containsExactly("webhook.secret = *** (" + bad
                        + ", named by WEBHOOK_SECRET_FILE): must be whsec_ and 24 to 64 bytes in Base64,"
                        + " or whsk_ and an Ed25519 key of 32 or 64 bytes, or two of these, comma-separated");
        assertThat(problems(
                        "", Map.of("CODEX_ACCESS_TOKEN", "at-1", "CODEX_ACCESS_TOKEN_FILE", bad.toString()), Map.of()))
                .containsExactly("codex.access-token = *** (environment CODEX_ACCESS_TOKEN):"
                        + " give it by CODEX_ACCESS_TOKEN or by CODEX_ACCESS_TOKEN_FILE, not both");
    }

    @Test
    void stayOnOneLineWhateverTheValueIs() throws IOException {
        assertThat(problems("", Map.of(), Map.of("shards", "1\n\u001b[31m" + "x".repeat(500))))
                .singleElement()
                .satisfies(line -> assertThat(line).hasSizeLessThan(250).doesNotContain("\n", "\u001b"));
    }

    @Test
    void includeAFileThatIsNotThereOrNotText() throws IOException {
        Path missing = folder.resolve("missing.properties");
        Path binary = Files.write(folder.resolve("binary.properties"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

        assertThat(problems(missing, Map.of(), Map.of()))
                .containsExactly(missing + ": cannot be read, NoSuchFileException; must be a properties file in UTF-8");
        assertThat(problems(binary, Map.of(), Map.of()))
                .containsExactly(
                        binary + ": cannot be read, MalformedInputException; must be a properties file in UTF-8");
    }

    private List<String> problems(String text, Map<String, String> environment, Map<String, String> commandLine)
            throws IOException {
        return problems(Files.writeString(folder.resolve("my.properties"), text), environment, commandLine);
    }

    private static List<String> problems(Path file, Map<String, String> environment, Map<String, String> commandLine) {
        return catchThrowableOfType(SettingsException.class, () -> Settings.load(file, environment, commandLine))
                .lines();
    }
}
