package dev.turnpike.settings;

import static dev.turnpike.settings.Setting.external;
import static dev.turnpike.settings.Setting.plain;
import static dev.turnpike.settings.Setting.secret;
import static dev.turnpike.settings.SettingType.address;
import static dev.turnpike.settings.SettingType.brokers;
import static dev.turnpike.settings.SettingType.certificates;
import static dev.turnpike.settings.SettingType.duration;
import static dev.turnpike.settings.SettingType.exactUri;
import static dev.turnpike.settings.SettingType.flag;
import static dev.turnpike.settings.SettingType.folder;
import static dev.turnpike.settings.SettingType.headers;
import static dev.turnpike.settings.SettingType.instant;
import static dev.turnpike.settings.SettingType.list;
import static dev.turnpike.settings.SettingType.matching;
import static dev.turnpike.settings.SettingType.oneOf;
import static dev.turnpike.settings.SettingType.path;
import static dev.turnpike.settings.SettingType.paths;
import static dev.turnpike.settings.SettingType.percentages;
import static dev.turnpike.settings.SettingType.privateKey;
import static dev.turnpike.settings.SettingType.proxy;
import static dev.turnpike.settings.SettingType.signingKeys;
import static dev.turnpike.settings.SettingType.text;
import static dev.turnpike.settings.SettingType.uri;
import static dev.turnpike.settings.SettingType.whole;

import dev.turnpike.json.Json;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Every setting there is, in the order of {@code application.properties}. */
final class Catalogue {
    private static final String NAME = "[a-z0-9]+(-[a-z0-9]+)*";
    private static final SettingType PORT = whole(0, 65_535);
    private static final SettingType NAMES =
            list("different comma-separated names of lower case letters, digits and dashes", NAME);

    private static final SettingType EVENTS =
            list("comma-separated event types such as turn.completed or turn.*", "[a-z]+(-[a-z]+)*\\.([a-z-]+|\\*)");
    private static final SettingType START_FROM = instant("now", "beginning");
    private static final SettingType LABELS = list("different comma-separated names of environments", "[^,]{1,256}");
    private static final SettingType REPOSITORIES = list("owner/name, comma-separated", "[\\w.-]+/[\\w.-]+");

    /** The families of sinks, and the setting that lists their names. */
    static final SortedMap<String, String> FAMILIES =
            Collections.unmodifiableSortedMap(new TreeMap<>(Map.of("slack", "slacks", "webhook", "webhooks")));

    static final List<Setting> ALL = List.of(
            external("codex.base-url", "https://chatgpt.com/backend-api", uri()),
            plain("codex.sources", "tasks", list("tasks, threads or both, comma-separated", "tasks|threads")),
            external("codex.threads-url", "https://codex-cloud-backend.chatgpt.com", uri()),
            external("codex.auth-files", "~/.codex/auth.json", paths()),
            secret("codex.access-token", matching("a personal access token on one line", "\\S+")),
            external("codex.token-url", "https://auth.openai.com/oauth/token", uri()),
            external("codex.authapi-base-url", "https://auth.openai.com/api/accounts", uri()),
            external("codex.refresh", "shared", oneOf("shared", "read-only")),
            plain("codex.call-deadline", "20s", duration("1s", "5m")),
            plain("codex.concurrency", "4", whole(1, 16)),
            plain("codex.max-reply-bytes", "33554432", whole(65_536, Json.LONGEST_TEXT)),
            plain("poll.tick", "1s", duration("100ms", "1m")),
            plain("poll.tasks.active", "15s", duration("1s", "1h")),
            plain("poll.tasks.idle", "60s", duration("1s", "1d")),
            plain("poll.tasks.page-size", "20", whole(1, 20)),
            plain("poll.tasks.budget", "15s", duration("100ms", "10m")),
            plain("poll.sweep", "1h", duration("1m", "30d")),
            plain("poll.sweep-age", "30d", duration("1h", "3650d")),
            plain("poll.usage", "60s", duration("1s", "1d")),
            plain("start-from", "now", oneOf("now", "beginning")),
            plain("events.content", "full", oneOf("full", "summary", "metadata")),
            plain("events.max-diff-bytes", "65536", whole(0, 524_288)),
            plain("events.details", "true", flag()),
            external("kafka.brokers", "", brokers()),
            plain("kafka.embedded.port", "9092", PORT),
            plain(
                    "topics.prefix",
                    "codex.",
                    matching("up to 100 letters, digits, dots, dashes and underscores", "[a-zA-Z0-9._-]{0,100}")),
            plain("topics.partitions", "8", whole(1, 1_000)),
            plain("topics.replication", "", whole(1, 100)),
            plain("shards", "8", whole(1, 1_000)),
            secret("slack.webhook-url", exactUri()),
            secret(
                    "slack.bot-token",
                    matching(
                            "a Slack bot token (xoxb-...); a rotated one (xoxe.xoxb-...) expires after twelve hours",
                            "xoxb-\\S+")),
            external("slack.channel", "", matching("a channel id or #name", "#?[^\\s,#]{1,80}")),
            external("slack.events", "", EVENTS),
            external("slack.environments", "", LABELS),
            external("slack.repositories", "", REPOSITORIES),
            external(
                    "slack.mention-on-failure",
                    "",
                    list(
                            "comma-separated ids of users (U...) or user groups (S...), here or channel",
                            "[UWS][A-Z0-9]{2,20}|here|channel")),
            plain("slack.start-from", "now", START_FROM),
            plain("slack.give-up-after", "24h", duration("0s", "30d")),
            external("slacks", "", NAMES),
            secret("webhook.url", exactUri()),
            secret("webhook.secret", signingKeys()),
            secret("webhook.headers", headers()),
            external("webhook.ca-file", "", certificates()),
            external("webhook.client-certificate", "", certificates()),
            external("webhook.client-key", "", privateKey()),
            external("webhook.events", "", EVENTS),
            external("webhook.environments", "", LABELS),
            external("webhook.repositories", "", REPOSITORIES),
            plain("webhook.body", "event", oneOf("event", "thin")),
            plain("webhook.timeout", "15s", duration("1s", "2m")),
            plain("webhook.concurrency", "8", whole(1, 16)),
            plain("webhook.start-from", "now", START_FROM),
            plain("webhook.give-up-after", "24h", duration("0s", "30d")),
            external("webhooks", "", NAMES),
            plain("alerts.usage-thresholds", "75,90,95", percentages()),
            plain("alerts.unused-before-reset", "0s", duration("0s", "6d")),
            plain("alerts.unused-percent", "50", whole(1, 100)),
            plain("alerts.reset-credit-expires-within", "3d", duration("0s", "30d")),
            plain("alerts.blind-after", "24h", duration("0s", "30d")),
            plain("alerts.task-stalled-after", "2h", duration("1m", "30d")),
            plain("alerts.status-conflict-after", "15m", duration("1m", "30d")),
            plain("alerts.upstream-unavailable-after", "10m", duration("10s", "7d")),
            plain("alerts.sink-failing-after", "5m", duration("1s", "7d")),
            plain("commands.enabled", "false", flag()),
            plain("commands.environments", "", LABELS),
            plain("commands.max-running", "0", whole(0, 1_000)),
            plain("commands.use-credits", "false", flag()),
            plain("commands.patience", "24h", duration("10s", "30d")),
            secret("http.proxy", proxy()),
            external("http.no-proxy", "", text("comma-separated hosts, domains and addresses")),
            external("http.ca-file", "", certificates()),
            plain("management.port", "9876", PORT),
            plain("management.account-names", "false", flag()),
            plain("http.port", "8080", PORT),
            plain("board.enabled", "true", flag()),
            secret("board.token", matching("16 to 256 characters without spaces", "\\S{16,256}")),
            plain("sandbox.port", "8081", PORT),
            plain("bind", "127.0.0.1", address()),
            plain("data.dir", "data", path()),
            plain("routes", "routes", path()),
            external("routes.extra", "", folder()),
            plain("log.level", "info", oneOf("error", "warn", "info", "debug", "trace")),
            plain("log.format", "text", oneOf("text", "json")),
            external("tracing.enabled", "false", flag()));

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
        return new Setting(name, "", text("text"), secret, true);
    }

    private Catalogue() {}
}
