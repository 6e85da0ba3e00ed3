package dev.turnpike.settings;

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
    private static final Kind<Long> PORT = whole(0, 65_535);
    private static final Kind<List<String>> NAMES =
            list("different names of lower case letters, digits and dashes, with commas between them", NAME);

    private static final Kind<List<String>> EVENTS =
            list("event types such as turn.completed or turn.*, with commas", "[a-z]+(-[a-z]+)*\\.([a-z-]+|\\*)");
    private static final Kind<String> START_FROM = instant("now", "beginning");
    private static final Kind<List<String>> LABELS =
            list("different names of environments, with commas between them", "[^,]{1,256}");
    private static final Kind<List<String>> REPOSITORIES =
            list("owner/name, with commas between several", "[\\w.-]+/[\\w.-]+");

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
                    "what is watched: tasks of Legacy Codex Cloud, threads of the new one (experimental, never seen live)"),
            outward(
                    "codex.threads-url",
                    "https://codex-cloud-backend.chatgpt.com",
                    uri(),
                    "where the threads are read; used with codex.sources=threads and by doctor --threads only"),
            outward(
                    "codex.auth-files",
                    "~/.codex/auth.json",
                    paths(),
                    "sign-ins to watch, one account each, comma separated; with CODEX_HOME set, that folder's auth.json"),
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
                    "where a personal access token says whose it is"),
            outward(
                    "codex.refresh",
                    "shared",
                    oneOf("shared", "read-only"),
                    "how tokens are refreshed: shared with the Codex CLI, or read-only, which never redeems a refresh token"),
            plain(
                    "codex.call-deadline",
                    "20s",
                    duration("1s", "5m"),
                    "longest time for one call upstream, reply included"),
            plain(
                    "codex.concurrency",
                    "4",
                    whole(1, 16),
                    "calls upstream at a time per account; fewer for a while after upstream has turned one away"),
            plain(
                    "codex.max-reply-bytes",
                    "33554432",
                    whole(65_536, Json.LONGEST_TEXT),
                    "largest reply that is read, in bytes after decompression"),
            plain("poll.tick", "1s", duration("100ms", "1m"), "how often to check which accounts are due"),
            plain(
                    "poll.tasks.active",
                    "15s",
                    duration("1s", "1h"),
                    "pause between two polls of the tasks while one runs"),
            plain("poll.tasks.idle", "60s", duration("1s", "1d"), "the same while none runs"),
            plain("poll.tasks.page-size", "20", whole(1, 20), "tasks per page"),
            plain(
                    "poll.tasks.budget",
                    "15s",
                    duration("100ms", "10m"),
                    "time for one poll of an account's tasks; the next one goes on where it stopped"),
            plain("poll.sweep", "1h", duration("1m", "30d"), "time for one round through the older pages"),
            plain("poll.sweep-age", "30d", duration("1h", "3650d"), "how far back that round goes"),
            plain("poll.usage", "60s", duration("1s", "1d"), "pause between two polls of an account's usage"),
            plain(
                    "start-from",
                    "now",
                    oneOf("now", "beginning"),
                    "at first contact with an account: publish what ends from now on, or the history too"),
            plain(
                    "events.content",
                    "full",
                    oneOf("full", "summary", "metadata"),
                    "how much of a turn: full, summary (no diff, no prompt) or metadata (no messages either)"),
            plain("events.max-diff-bytes", "65536", whole(0, 524_288), "longer diffs are cut, in bytes of UTF-8"),
            plain("events.details", "true", flag(), "fetch summary, diff, files and error of each turn that ended"),
            outward("kafka.brokers", "", brokers(), "Kafka cluster; empty: the broker embedded in this process"),
            plain("kafka.embedded.port", "9092", PORT, "port of the embedded broker, 0 for any free one"),
            plain(
                    "topics.prefix",
                    "codex.",
                    matching("up to 100 letters, digits, dots, dashes and underscores", "[a-zA-Z0-9._-]{0,100}"),
                    "how the name of each topic begins"),
            plain("topics.partitions", "8", whole(1, 1_000), "partitions of topics that are created"),
            plain(
                    "topics.replication",
                    "",
                    whole(1, 100),
                    "replicas of topics that are created; empty: the broker's default"),
            plain("shards", "8", whole(1, 1_000), "partitions of the private state; fixed once its topic exists"),
            secret(
                    "slack.webhook-url",
                    exactUri(),
                    "Slack incoming webhook; empty, with no bot token either: no Slack"),
            secret(
                    "slack.bot-token",
                    matching("a Slack bot token (xoxb-...)", "xoxb-\\S+"),
                    "Slack bot token instead, for one thread per task; needs slack.channel"),
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
            outward("slack.repositories", "", REPOSITORIES, "post only about tasks on these; empty: all"),
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
            secret("webhook.url", exactUri(), "receiver of signed webhooks; empty: none"),
            secret(
                    "webhook.secret",
                    signingKeys(),
                    "key of the Standard Webhooks signature, whsec_..., or whsk_... for Ed25519; two with a comma while the receiver changes"),
            secret(
                    "webhook.headers",
                    headers(),
                    "further headers of each request, Name: value, one a line (\\n between them); the file of WEBHOOK_HEADERS_FILE has lines"),
            outward(
                    "webhook.events",
                    "",
                    EVENTS,
                    "event types to send, such as turn.completed or usage.*, comma separated; empty: all"),
            outward("webhook.environments", "", LABELS, "send only about tasks in these environments; empty: all"),
            outward("webhook.repositories", "", REPOSITORIES, "send only about tasks on these; empty: all"),
            plain(
                    "webhook.body",
                    "event",
                    oneOf("event", "thin"),
                    "event: the whole CloudEvent as JSON; thin: type, time, ids and link"),
            plain("webhook.timeout", "15s", duration("1s", "2m"), "longest wait for a receiver's answer"),
            plain("webhook.concurrency", "8", whole(1, 16), "deliveries at a time, each of another task"),
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
                    "so long before a weekly reset it is reported that much is left; 0s: never"),
            plain("alerts.unused-percent", "50", whole(1, 100), "so many percent left are much"),
            plain(
                    "alerts.reset-credit-expires-within",
                    "3d",
                    duration("0s", "30d"),
                    "a reset credit that expires within is reported; 0s: never"),
            plain(
                    "alerts.blind-after",
                    "24h",
                    duration("0s", "30d"),
                    "usage that rises for so long while no task is seen is reported; 0s: never"),
            plain("alerts.task-stalled-after", "2h", duration("1m", "30d"), "raise task.stalled after this long"),
            plain(
                    "alerts.status-conflict-after",
                    "15m",
                    duration("1m", "30d"),
                    "raise task.status-conflict after this long"),
            plain(
                    "alerts.upstream-unavailable-after",
                    "10m",
                    duration("10s", "7d"),
                    "raise upstream.unavailable after this long"),
            plain(
                    "alerts.sink-failing-after",
                    "5m",
                    duration("1s", "7d"),
                    "a sink that fails for longer, without one delivery, is reported"),
            plain(
                    "commands.enabled",
                    "false",
                    flag(),
                    "take commands: whoever can write to the topic starts work that costs money; the embedded broker"
                            + " asks for no password, every process on this machine can write to it"),
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
                    "start tasks past a usage window too, while upstream says that credits pay for it; guard follows"),
            plain(
                    "commands.patience",
                    "24h",
                    duration("10s", "30d"),
                    "a command that could not be carried out for longer is rejected, unless it has a not_after of its own"),
            secret(
                    "http.proxy",
                    proxy(),
                    "proxy for every call; empty: what HTTPS_PROXY, HTTP_PROXY and ALL_PROXY say"),
            outward(
                    "http.no-proxy",
                    "",
                    text("hosts, domains and addresses with commas between them"),
                    "hosts, domains and networks called without a proxy, comma separated; empty: what NO_PROXY says"),
            outward(
                    "http.ca-file",
                    "",
                    certificates(),
                    "authorities (PEM) trusted besides the JDK's; empty: CODEX_CA_CERTIFICATE, else SSL_CERT_FILE"),
            plain("management.port", "9876", PORT, "port of /observe/health and /observe/metrics, 0 for any free one"),
            plain("http.port", "8080", PORT, "port of the board, 0 for any free one"),
            plain("board.enabled", "true", flag(), "serve the board, a page that shows what the topics say"),
            secret(
                    "board.token",
                    matching("16 to 256 characters without spaces", "\\S{16,256}"),
                    "token that opens the board; without one it is served on loopback only"),
            plain(
                    "sandbox.port",
                    "8081",
                    PORT,
                    "port of the sandbox's stand-in for the Codex backend, 0 for any free one"),
            plain(
                    "bind",
                    "127.0.0.1",
                    matching("an address or host name", "[A-Za-z0-9.:_-]+"),
                    "address the ports are on"),
            plain("data.dir", "data", path(), "folder of the embedded broker's and the sandbox's files"),
            plain("routes", "routes", path(), "folder of the route files, *.camel.yaml"),
            outward("routes.extra", "", folder(), "folder of further route files, loaded beside those of routes"),
            plain(
                    "log.level",
                    "info",
                    oneOf("error", "warn", "info", "debug", "trace"),
                    "how much is logged; secrets are not, at any level"));

    /** A family's settings under their plain names. */
    static List<Setting> family(String family) {
        return ALL.stream()
                .filter(setting -> setting.name().startsWith(family + "."))
                .toList();
    }

    static Optional<Setting> find(String name) {
        return ALL.stream().filter(setting -> setting.name().equals(name)).findFirst();
    }

    /** For values nobody declared: whatever is behind {@code kafka.properties.} and {@code camel.}. */
    static Setting undeclared(String name, boolean secret) {
        return new Setting(name, "", text("text"), secret, true, "");
    }

    private Catalogue() {}
}
