package dev.turnpike.settings;

import dev.turnpike.http.ClientCertificate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Finds values that are each allowed, but not together. Malformed values are reported elsewhere. */
final class SettingConflicts {
    private final Map<String, Value> values;
    private final Set<String> malformed;
    private final List<String> problems = new ArrayList<>();

    SettingConflicts(Map<String, Value> values, Set<String> malformed) {
        this.values = values;
        this.malformed = malformed;
    }

    List<String> problems() {
        polling();
        ports();
        kafka();
        commands();
        sinks("slack").forEach(this::slack);
        sinks("webhook").forEach(this::webhook);
        return problems;
    }

    private void polling() {
        atLeast("poll.tasks.idle", "poll.tasks.active");
        atLeast("poll.tasks.active", "poll.tick");
        atLeast("poll.usage", "poll.tick");
    }

    private void atLeast(String longer, String shorter) {
        if (known(longer, shorter)) {
            Value value = values.get(longer);
            Duration least = (Duration) values.get(shorter).parsed();
            if (((Duration) value.parsed()).compareTo(least) < 0) {
                Value reported = value.isDefault() ? values.get(shorter) : value;
                String wrong = reported.equals(value)
                        ? "must not be shorter than " + shorter + " = " + DurationText.format(least)
                        : "must not be longer than " + longer + " = " + value.text();
                problems.add(reported.problem(wrong));
            }
        }
    }

    private void ports() {
        List<String> names = new ArrayList<>(List.of("management.port", "http.port", "sandbox.port"));
        if (unset("kafka.brokers")) {
            names.add("kafka.embedded.port");
        }
        Map<Object, String> taken = new HashMap<>();
        for (String name : names) {
            if (known(name) && !values.get(name).parsed().equals(0L)) {
                String other = taken.putIfAbsent(values.get(name).parsed(), name);
                if (other != null) {
                    Value reported = values.get(name).isDefault() ? values.get(other) : values.get(name);
                    String second = reported.setting().name().equals(name) ? other : name;
                    problems.add(reported.problem("must be another port than " + second));
                }
            }
        }
    }

    private void kafka() {
        Value protocol = values.get(KafkaProperties.PREFIX + "security.protocol");
        String before = known("kafka.brokers")
                ? KafkaProperties.protocolOf(values.get("kafka.brokers").text()).orElse(null)
                : null;
        if (protocol != null && before != null && !protocol.text().equalsIgnoreCase(before)) {
            problems.add(protocol.problem("conflicts with " + before + ":// in kafka.brokers"));
        }
        Value mechanism = values.get(KafkaProperties.PREFIX + "sasl.mechanism");
        Value login = values.get(KafkaProperties.PREFIX + "sasl.jaas.config");
        // without SASL, neither has an effect
        String used = protocol != null ? protocol.text() : before;
        if (mechanism != null
                && login != null
                && used != null
                && used.toUpperCase(Locale.ROOT).startsWith("SASL")) {
            KafkaProperties.mechanismOf(login.text())
                    .filter(needed -> !mechanism.text().toUpperCase(Locale.ROOT).startsWith(needed))
                    .ifPresent(needed -> problems.add(mechanism.problem("does not match the login module in "
                            + login.setting().name() + ", which is for " + needed)));
        }
        if (protocol != null && unset("kafka.brokers")) {
            problems.add(protocol.problem("requires kafka.brokers: the embedded broker supports only PLAINTEXT"));
        }
    }

    private void commands() {
        if (known("commands.enabled")
                && Boolean.TRUE.equals(values.get("commands.enabled").parsed())) {
            needs(
                    "commands.enabled",
                    "commands.environments",
                    ": the environments that commands may use, or * for all");
        }
    }

    private List<String> sinks(String family) {
        List<String> prefixes = new ArrayList<>(List.of(family + "."));
        String list = Catalogue.FAMILIES.get(family);
        if (isSet(list)) {
            values.get(list).strings().forEach(name -> prefixes.add(family + "." + name + "."));
        }
        return prefixes;
    }

    /** A filter that matches no event of a sink would silently select nothing. */
    private void events(String name) {
        if (!isSet(name)) {
            return;
        }
        for (String word : values.get(name).strings()) {
            if (!EventTypes.isSelected(word)) {
                problems.add(values.get(name)
                        .problem("no event is selected by " + word
                                + Spelling.nearest(word, EventTypes.ALL)
                                        .map(near -> "; did you mean " + near + "?")
                                        .orElse("; there are " + String.join(", ", EventTypes.ALL))));
            }
        }
    }

    private void slack(String prefix) {
        events(prefix + "events");
        String url = prefix + "webhook-url";
        String token = prefix + "bot-token";
        String channel = prefix + "channel";
        if (!known(url, token, channel)) {
            return;
        }
        if (isSet(url) && isSet(token)) {
            problems.add(values.get(token).problem("set " + url + " or " + token + ", not both"));
        } else if (isSet(url) && isSet(channel)) {
            problems.add(values.get(channel).problem("has no effect with " + url + ", whose channel is fixed"));
        } else {
            needs(token, channel, "");
            needs(channel, token, "");
        }
        if (!prefix.equals("slack.") && unset(url) && unset(token) && unset(channel)) {
            problems.add(values.get("slacks").problem("needs " + url + ", or " + token + " and " + channel));
        }
    }

    private void webhook(String prefix) {
        events(prefix + "events");
        String url = prefix + "url";
        String secret = prefix + "secret";
        for (String name : List.of("headers", "ca-file", "client-certificate", "client-key")) {
            needs(prefix + name, url, "");
        }
        clientCertificate(prefix + "client-certificate", prefix + "client-key");
        needs(url, secret, ", the key of the signature");
        needs(secret, url, "");
        if (!prefix.equals("webhook.") && unset(url) && unset(secret)) {
            problems.add(values.get("webhooks").problem("needs " + url + " and " + secret));
        }
    }

    private void clientCertificate(String certificate, String key) {
        needs(certificate, key, "");
        needs(key, certificate, "");
        if (isSet(certificate) && isSet(key)) {
            try {
                ClientCertificate.read((Path) values.get(certificate).parsed(), (Path)
                        values.get(key).parsed());
            } catch (IllegalArgumentException e) {
                problems.add(values.get(key).problem("is not the key of " + certificate));
            }
        }
    }

    /** @param why continues the sentence after the name of the missing setting */
    private void needs(String name, String other, String why) {
        if (isSet(name) && unset(other)) {
            problems.add(values.get(name).problem("needs " + other + why));
        }
    }

    private boolean known(String... names) {
        return Collections.disjoint(malformed, List.of(names));
    }

    private boolean unset(String name) {
        return known(name) && values.get(name).parsed() == null;
    }

    private boolean isSet(String name) {
        return known(name) && values.get(name).parsed() != null;
    }

    /** The types of events that a sink can be sent, as the settings {@code *.events} name them. */
    static final class EventTypes {
        static final List<String> ALL = List.of(
                "turn.completed",
                "turn.failed",
                "turn.cancelled",
                "turn.attempts-completed",
                "task.stalled",
                "task.status-conflict",
                "task.needs-input",
                "usage.observed",
                "usage.delta",
                "usage.threshold-crossed",
                "usage.limit-reached",
                "usage.forecast",
                "usage.reset",
                "usage.unused-before-reset",
                "usage.reset-credit-expiring",
                "auth.required",
                "auth.recovered",
                "upstream.unavailable",
                "upstream.recovered",
                "upstream.drift",
                "upstream.blind",
                "sink.failing",
                "sink.recovered",
                "sink.dead-lettered",
                "sink.disabled");

        /** Whether a type or {@code family.*} selects any of them. */
        static boolean isSelected(String word) {
            return word.endsWith(".*")
                    ? ALL.stream().anyMatch(type -> type.startsWith(word.substring(0, word.length() - 1)))
                    : ALL.contains(word);
        }

        private EventTypes() {}
    }
}
