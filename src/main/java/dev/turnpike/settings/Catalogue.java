package dev.turnpike.settings;

import static dev.turnpike.settings.Kind.address;
import static dev.turnpike.settings.Kind.ascending;
import static dev.turnpike.settings.Kind.brokers;
import static dev.turnpike.settings.Kind.certificates;
import static dev.turnpike.settings.Kind.duration;
import static dev.turnpike.settings.Kind.exactUri;
import static dev.turnpike.settings.Kind.flag;
import static dev.turnpike.settings.Kind.folder;
import static dev.turnpike.settings.Kind.headers;
import static dev.turnpike.settings.Kind.instant;
import static dev.turnpike.settings.Kind.list;
import static dev.turnpike.settings.Kind.matching;
import static dev.turnpike.settings.Kind.oneOf;
import static dev.turnpike.settings.Kind.path;
import static dev.turnpike.settings.Kind.paths;
import static dev.turnpike.settings.Kind.privateKey;
import static dev.turnpike.settings.Kind.proxy;
import static dev.turnpike.settings.Kind.signingKeys;
import static dev.turnpike.settings.Kind.text;
import static dev.turnpike.settings.Kind.uri;
import static dev.turnpike.settings.Kind.whole;
import static dev.turnpike.settings.Setting.outward;
import static dev.turnpike.settings.Setting.plain;
import static dev.turnpike.settings.Setting.secret;

import dev.turnpike.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every setting there is, in the order of {@code application.properties}. */
final class Catalogue {
    private static final String NAME = "[a-z0-9]+(-[a-z0-9]+)*";
    private static final Kind PORT = whole(0, 65_535);
    private static final Kind NAMES =
            list("different names of lower case letters, digits and dashes, with commas between them", NAME);

    private static final Kind EVENTS =
            list("event types such as turn.completed or turn.*, with commas", "[a-z]+(-[a-z]+)*\\.([a-z-]+|\\*)");
    private static final Kind START_FROM = instant("now", "beginning");
    private static final Kind LABELS = list("different names of environments, with commas between them", "[^,]{1,256}");
    private static final Kind REPOSITORIES = list("owner/name, with commas between several", "[\\w.-]+/[\\w.-]+");

    /** The families of sinks, and the setting that lists their names. */
    static final Map<String, String> FAMILIES = Map.of("slack", "slacks", "webhook", "webhooks");

    static final List<Setting> ALL = List.of(
            outward(
                    "codex.base-url",
                    "https://chatgpt.com/backend-api",
                    uri(),
                    "Codex backend; a base without /backend-api selects the /api/codex paths"),
            plain(
                    "codex.sources",
                    "tasks",
                    list("tasks, threads or both, with a comma between them", "tasks|threads"),
                    "what is watched: tasks of Legacy Codex Cloud, threads of the new one (experimental, never seen"
                            + " live)"),
            outward(
                    "codex.threads-url",
                    "https://codex-cloud-backend.chatgpt.com",
                    uri(),
                    "where the threads are read; used with codex.sources=threads and by doctor --threads only"),
            outward(
                    "codex.auth-files",
                    "~/.codex/auth.json",
                    paths(),
                    "credential files of the accounts to poll, one account each, comma separated; with CODEX_HOME set,"
                            + " the auth.json of that folder"),
            secret(
                    "codex.access-token",
                    matching("a personal access token on one line", "\\S+"),
                    "personal access token to use instead of the files; never refreshed"),
            outward(
                    "codex.token-url",
                    "https://auth.openai.com/oauth/token",
                    uri(),
                    "where access tokens are refreshed"),
            outward(
                    "codex.authapi-base-url",
                    "https://auth.openai.com/api/accounts",
                    uri(),
                    "where the account of a personal access token is looked up"),
            outward(
                    "codex.refresh",
                    "shared",
                    oneOf("shared", "read-only"),
                    "how tokens are refreshed: shared with the Codex CLI, or read-only, which never redeems a refresh"
                            + " token"),
            plain(
                    "codex.call-deadline",
                    "20s",
                    duration("1s", "5m"),
                    "timeout of one upstream call, including the reply"),
            plain(
                    "codex.concurrency",
                    "4",
                    whole(1, 16),
                    "maximum concurrent upstream calls per account; reduced temporarily after upstream has rejected"
                            + " one"),
            plain(
                    "codex.max-reply-bytes",
                    "33554432",
                    whole(65_536, Json.LONGEST_TEXT),
                    "maximum size of a reply in bytes, after decompression"),
            plain("poll.tick", "1s", duration("100ms", "1m"), "how often to check which accounts are due"),
            plain(
                    "poll.tasks.active",
                    "15s",
                    duration("1s", "1h"),
                    "interval between two polls of an account's tasks while one runs"),
            plain(
                    "poll.tasks.idle",
                    "60s",
                    duration("1s", "1d"),
                    "interval between two polls of an account's tasks while none runs"),
            plain("poll.tasks.page-size", "20", whole(1, 20), "tasks per page"),
            plain(
                    "poll.tasks.budget",
                    "15s",
                    duration("100ms", "10m"),
                    "time budget of one poll of an account's tasks; the next poll resumes where it stopped"),
            plain("poll.sweep", "1h", duration("1m", "30d"), "duration of one sweep through the older pages"),
            plain("poll.sweep-age", "30d", duration("1h", "3650d"), "how far back a sweep goes"),
            plain("poll.usage", "60s", duration("1s", "1d"), "interval between two polls of an account's usage"),
            plain(
                    "start-from",
                    "now",
                    oneOf("now", "beginning"),
                    "where to start with an account that was never polled: publish turns that end from now on, or the"
                            + " history too"),
            plain(
                    "events.content",
                    "full",
                    oneOf("full", "summary", "metadata"),
                    "content of turn events: full, summary (no diff, no prompt) or metadata (no messages either)"),
            plain(
                    "events.max-diff-bytes",
                    "65536",
                    whole(0, 524_288),
                    "maximum size of a diff in bytes of UTF-8; longer ones are truncated"),
            plain("events.details", "true", flag(), "fetch summary, diff, files and error of each turn that ended"),
            outward("kafka.brokers", "", brokers(), "Kafka cluster; empty: the broker embedded in this process"),
            plain("kafka.embedded.port", "9092", PORT, "port of the embedded broker, 0 for any free one"),
            plain(
                    "topics.prefix",
                    "codex.",
                    matching("up to 100 letters, digits, dots, dashes and underscores", "[a-zA-Z0-9._-]{0,100}"),
                    "prefix of all topic names"),
            plain("topics.partitions", "8", whole(1, 1_000), "number of partitions of topics that are created"),
            plain(
                    "topics.replication",
                    "",
                    whole(1, 100),
                    "replication factor of topics that are created; empty: the broker's default"),
            plain(
                    "shards",
                    "8",
                    whole(1, 1_000),
                    "number of partitions of the state topic; fixed once the topic exists"),
            secret(
                    "slack.webhook-url",
                    exactUri(),
                    "URL of a Slack incoming webhook; the Slack sink is off unless this or slack.bot-token is set"),
            secret(
                    "slack.bot-token",
                    matching(
                            "a Slack bot token (xoxb-...); one that is rotated (xoxe.xoxb-...) ends after twelve hours",
                            "xoxb-\\S+"),
                    "Slack bot token, instead of the webhook, for one thread per task; requires slack.channel"),
            outward(
                    "slack.channel",
                    "",
                    matching("a channel id or #name", "#?[^\\s,#]{1,80}"),
                    "Slack channel the bot writes to"),
            outward(
                    "slack.events",
                    "",
                    EVENTS,
                    "event types to post, such as turn.failed or usage.*, comma separated; empty: all"),
            outward("slack.environments", "", LABELS, "post only about tasks in these environments; empty: all"),
            outward("slack.repositories", "", REPOSITORIES, "post only about tasks of these repositories; empty: all"),
            outward(
                    "slack.mention-on-failure",
                    "",
                    list(
                            "ids of users (U...) or user groups (S...), here or channel",
                            "[UWS][A-Z0-9]{2,20}|here|channel"),
                    "whom a failed turn notifies: ids of users or user groups, here or channel, comma separated"),
            plain(
                    "slack.start-from",
                    "now",
                    START_FROM,
                    "where a new sink begins: now, beginning, or a time such as 2026-11-22T09:00:00Z"),
            plain("slack.give-up-after", "24h", duration("0s", "30d"), "retry for this long, then dead-letter"),
            outward(
                    "slacks",
                    "",
                    NAMES,
                    "further Slack sinks by name, comma separated; dev is set by slack.dev.channel and so on"),
            secret("webhook.url", exactUri(), "URL that signed webhooks are sent to; empty: the webhook sink is off"),
            secret(
                    "webhook.secret",
                    signingKeys(),
                    "key of the Standard Webhooks signature, whsec_..., or whsk_... for Ed25519; two,"
                            + " comma separated, while a key is rotated"),
            secret(
                    "webhook.headers",
                    headers(),
                    "further headers of each request, as Name: value, separated by \\n; one per line in the file that"
                            + " WEBHOOK_HEADERS_FILE names"),
            outward(
                    "webhook.ca-file",
                    "",
                    certificates(),
                    "authorities (PEM or DER) trusted for the receiver besides the JDK's and http.ca-file"),
            outward(
                    "webhook.client-certificate",
                    "",
                    certificates(),
                    "client certificate (PEM or DER) with its chain, for a receiver that demands one"),
            outward(
                    "webhook.client-key",
                    "",
                    privateKey(),
                    "private key of webhook.client-certificate (PEM, PKCS#8, without a password)"),
            outward(
                    "webhook.events",
                    "",
                    EVENTS,
                    "event types to send, such as turn.completed or usage.*, comma separated; empty: all"),
            outward("webhook.environments", "", LABELS, "send only about tasks in these environments; empty: all"),
            outward(
                    "webhook.repositories",
                    "",
                    REPOSITORIES,
                    "send only about tasks of these repositories; empty: all"),
            plain(
                    "webhook.body",
                    "event",
                    oneOf("event", "thin"),
                    "body of a request: event (the whole CloudEvent as JSON) or thin (type, time, ids and link)"),
            plain("webhook.timeout", "15s", duration("1s", "2m"), "timeout of one request"),
            plain("webhook.concurrency", "8", whole(1, 16), "maximum concurrent deliveries, each of a different task"),
            plain(
                    "webhook.start-from",
                    "now",
                    START_FROM,
                    "where a new sink begins: now, beginning, or a time such as 2026-11-22T09:00:00Z"),
            plain("webhook.give-up-after", "24h", duration("0s", "30d"), "retry for this long, then dead-letter"),
            outward(
                    "webhooks",
                    "",
                    NAMES,
                    "further webhooks by name, comma separated; ci is set by webhook.ci.url and so on"),
            plain(
                    "alerts.usage-thresholds",
                    "75,90,95",
                    ascending("ascending whole percentages from 1 to 100, with commas between them", 1, 100),
                    "percentages of a usage window at which an alert is raised"),
            plain(
                    "alerts.unused-before-reset",
                    "0s",
                    duration("0s", "6d"),
                    "raise usage.unused-before-reset this long before a weekly reset; 0s: never"),
            plain(
                    "alerts.unused-percent",
                    "50",
                    whole(1, 100),
                    "minimum percentage left for usage.unused-before-reset"),
            plain(
                    "alerts.reset-credit-expires-within",
                    "3d",
                    duration("0s", "30d"),
                    "raise usage.reset-credit-expiring this long before a reset credit expires; 0s: never"),
            plain(
                    "alerts.blind-after",
                    "24h",
                    duration("0s", "30d"),
                    "raise upstream.blind after usage has risen this long while no task was seen; 0s: never"),
            plain(
                    "alerts.task-stalled-after",
                    "2h",
                    duration("1m", "30d"),
                    "raise task.stalled after a turn has been open this long without any change"),
            plain(
                    "alerts.status-conflict-after",
                    "15m",
                    duration("1m", "30d"),
                    "raise task.status-conflict after list and details have disagreed this long"),
            plain(
                    "alerts.upstream-unavailable-after",
                    "10m",
                    duration("10s", "7d"),
                    "raise upstream.unavailable after polls have failed this long"),
            plain(
                    "alerts.sink-failing-after",
                    "5m",
                    duration("1s", "7d"),
                    "raise sink.failing after a sink has failed this long without one delivery"),
            plain(
                    "commands.enabled",
                    "false",
                    flag(),
                    "accept commands: every client that can write to the topic can start work that costs money; the embedded broker"
                            + " has no authentication, every process on this machine can write to it"),
            plain(
                    "commands.environments",
                    "",
                    LABELS,
                    "environments that commands may use, by id, label or owner/repo, comma separated; *: all"),
            plain("commands.max-running", "0", whole(0, 1_000), "start no task while this many run; 0: no limit"),
            plain(
                    "commands.use-credits",
                    "false",
                    flag(),
                    "start tasks also when a usage window is used up, as long as credits pay for them; applies to guard"
                            + " as well"),
            plain(
                    "commands.patience",
                    "24h",
                    duration("10s", "30d"),
                    "reject a command that has waited this long, unless it has its own not_after"),
            secret(
                    "http.proxy",
                    proxy(),
                    "proxy of all HTTP calls; empty: HTTPS_PROXY, HTTP_PROXY and ALL_PROXY apply"),
            outward(
                    "http.no-proxy",
                    "",
                    text("hosts, domains and addresses with commas between them"),
                    "hosts, domains and networks called without a proxy, comma separated; empty: NO_PROXY applies"),
            outward(
                    "http.ca-file",
                    "",
                    certificates(),
                    "certificate authorities (PEM or DER) trusted in addition to the JDK's; empty: CODEX_CA_CERTIFICATE, else"
                            + " SSL_CERT_FILE, else the folders of SSL_CERT_DIR"),
            plain("management.port", "9876", PORT, "port of /observe/health and /observe/metrics, 0 for any free one"),
            plain(
                    "management.account-names",
                    "false",
                    flag(),
                    "name the accounts in metrics; otherwise the label account is a pseudonym"),
            plain("http.port", "8080", PORT, "port of the board, 0 for any free one"),
            plain("board.enabled", "true", flag(), "serve the board, a web page that shows the content of the topics"),
            secret(
                    "board.token",
                    matching("16 to 256 characters without spaces", "\\S{16,256}"),
                    "token that opens the board; without one it is served on loopback only"),
            plain(
                    "sandbox.port",
                    "8081",
                    PORT,
                    "port of the sandbox's stand-in for the Codex backend, 0 for any free one"),
            plain("bind", "127.0.0.1", address(), "address that the ports are bound to"),
            plain("data.dir", "data", path(), "folder of the files of the embedded broker and the sandbox"),
            plain("routes", "routes", path(), "folder of the route files, *.camel.yaml"),
            outward("routes.extra", "", folder(), "folder of further route files, loaded beside those of routes"),
            plain(
                    "log.level",
                    "info",
                    oneOf("error", "warn", "info", "debug", "trace"),
                    "log level; secrets are not logged at any level"),
            plain(
                    "log.format",
                    "text",
                    oneOf("text", "json"),
                    "format of log lines; json: objects in the Elastic Common Schema"),
            outward(
                    "tracing.enabled",
                    "false",
                    flag(),
                    "send spans of polls, transactions and deliveries by OpenTelemetry, as its OTEL_* environment"
                            + " variables say"));

    /** A family's settings under their plain names. */
    static List<Setting> family(String family) {
        return ALL.stream()
                .filter(setting -> setting.name().startsWith(family + "."))
                .toList();
    }

    static Optional<Setting> find(String name) {
        return ALL.stream().filter(setting -> setting.name().equals(name)).findFirst();
    }

    /** For settings that are not declared, behind {@code kafka.properties.} and {@code camel.}. */
    static Setting undeclared(String name, boolean secret) {
        return new Setting(name, "", text("text"), secret, true, "");
    }

    private Catalogue() {}
}
