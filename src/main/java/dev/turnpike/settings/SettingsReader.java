package dev.turnpike.settings;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Merges file, environment and command line, and collects all problems. */
final class SettingsReader {
    /** Names of the variable for the brokers in Spring, Quarkus and others. */
    private static final Pattern BROKERS =
            Pattern.compile("(TURNPIKE_|SPRING_)?KAFKA_(BOOTSTRAP_SERVERS?|BROKER(_LIST|_URL)?|URL|SERVERS?)");

    private final Path workingFolder = Path.of("").toAbsolutePath();
    private final List<String> problems = new ArrayList<>();
    private final Map<String, RawValue> file = new LinkedHashMap<>();
    private final Map<String, RawValue> commandLine;
    private final Map<String, Value> values = new LinkedHashMap<>();
    private final List<String> notices = new ArrayList<>();
    private final Set<String> malformed = new TreeSet<>();
    private final EnvironmentVariables environment;
    private final boolean sandbox;
    private final Path defaults;

    /**
     * @param path null for no file
     * @param sandbox whether external settings of file and environment are ignored
     */
    SettingsReader(Path path, Map<String, String> variables, Map<String, RawValue> commandLine, boolean sandbox) {
        this.environment = new EnvironmentVariables(variables, workingFolder);
        this.sandbox = sandbox;
        this.commandLine = commandLine;
        Path folder = path == null ? workingFolder : path.toAbsolutePath().getParent();
        this.defaults = environment
                .variable("TURNPIKE_HOME")
                .map(home -> home(home, folder))
                .orElse(folder);
        if (path != null) {
            readFile(path, folder);
        }
    }

    /**
     * Every declared setting, and the ones of Kafka and Camel that were given.
     *
     * @throws SettingsException when anything is wrong
     */
    Map<String, Value> read() {
        List<Setting> declared = new ArrayList<>(Catalogue.ALL);
        Catalogue.FAMILIES.forEach((family, list) -> {
            for (String member : members(list)) {
                Catalogue.family(family).forEach(setting -> declared.add(setting.named(family, member)));
            }
        });
        declared.forEach(this::take);
        passedOn().forEach(this::takePassedOn);
        reportUnknown(declared);
        noticePrefixed(declared);
        if (!sandbox) {
            noticeKafka();
        }
        values.values().forEach(value -> value.exposedSecret().ifPresent(notices::add));
        problems.addAll(environment.problems());
        problems.addAll(new SettingConflicts(values, malformed).problems());
        if (!problems.isEmpty()) {
            throw new SettingsException(problems.stream().distinct().toList());
        }
        return values;
    }

    /** Proxies and trusted certificates; for the sandbox without the environment. */
    NetworkSettings network() {
        if (sandbox) {
            return new NetworkSettings(values, new EnvironmentVariables(Map.of(), workingFolder), Map.of());
        }
        Map<String, String> jvm = new HashMap<>();
        System.getProperties().forEach((name, value) -> jvm.put(String.valueOf(name), String.valueOf(value)));
        return new NetworkSettings(values, environment, jvm);
    }

    /** Ignored variables, with the reason. */
    List<String> notices() {
        List<String> all = new ArrayList<>(environment.notices());
        all.addAll(notices);
        return all;
    }

    private void readFile(Path path, Path folder) {
        try {
            for (PropertiesFile.Entry entry : PropertiesFile.read(path)) {
                String origin = path.getFileName() + ":" + entry.line();
                RawValue earlier = file.put(entry.key(), new RawValue(entry.value(), origin, folder));
                if (earlier != null) {
                    problems.add(problem(entry.key(), origin, "already set at " + earlier.origin()));
                }
            }
        } catch (IOException e) {
            problems.add(path + ": cannot be read, " + e.getClass().getSimpleName()
                    + "; must be a properties file in UTF-8");
        } catch (IllegalArgumentException e) {
            problems.add(path.getFileName() + ":" + e.getMessage());
        }
    }

    private Path home(String text, Path otherwise) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            problems.add("TURNPIKE_HOME (environment): " + unnameable());
            return otherwise;
        }
    }

    /** Usually the path is right: under LANG=C a JVM supports ASCII alone. */
    private static String unnameable() {
        return "cannot be a path in this locale, whose encoding is " + System.getProperty("sun.jnu.encoding")
                + "; set LC_ALL to one with UTF-8, such as C.UTF-8";
    }

    private List<String> members(String list) {
        Setting setting = Catalogue.find(list).orElseThrow();
        take(setting);
        Value value = values.get(list);
        return value == null || value.parsed() == null ? List.of() : value.strings();
    }

    private void take(Setting setting) {
        if (values.containsKey(setting.name()) || malformed.contains(setting.name())) {
            return;
        }
        // an empty value selects the default
        RawValue given = given(setting)
                .filter(found -> !found.text().isEmpty())
                .orElseGet(() -> new RawValue(setting.defaultText(), RawValue.DEFAULT, defaults));
        Value raw = new Value(setting, given, null);
        if (given.text().isEmpty()) {
            values.put(setting.name(), raw);
            return;
        }
        try {
            Object parsed = setting.type().parser().parse(given.text(), relative -> absolute(relative, given));
            values.put(setting.name(), new Value(setting, given, parsed));
        } catch (IllegalArgumentException e) {
            // the cause may quote a secret; the allowed form is enough
            malformed.add(setting.name());
            problems.add(raw.problem(
                    e.getCause() instanceof InvalidPathException
                            ? unnameable()
                            : "must be " + setting.type().allowed() + hint(given.text())));
        }
    }

    /** {@code docker --env-file} and properties files keep quotes and comments as a part of the value; Compose has names with underscores. */
    private static String hint(String text) {
        if (text.matches("(?s)\".*\"|'.*'")) {
            return ", without quotes";
        } else if (text.matches("(?s)(.*\\s)?#(\\s.*)?")) {
            return ", without a trailing comment";
        }
        return text.matches("(?i)https?://([^/?#@]*@)?[^/?#@:]*_.*")
                ? ", and no host name has an underscore: give the host another one, such as a network alias"
                : "";
    }

    private Optional<RawValue> given(Setting setting) {
        Optional<RawValue> first = Optional.ofNullable(commandLine.get(setting.name()));
        if (sandbox && setting.external()) {
            return first;
        }
        return first.or(() -> environment.given(setting))
                .or(() -> Optional.ofNullable(file.get(setting.name())))
                .filter(found -> !found.text().isEmpty())
                .or(() -> environment.common(setting));
    }

    private Path absolute(Path path, RawValue given) {
        Path expanded = path.startsWith("~")
                ? environment.home().resolve(path.subpath(0, 1).relativize(path))
                : path;
        return given.base().resolve(expanded).normalize();
    }

    /** Properties of Kafka's clients and of Camel, from all three sources. */
    private Map<String, RawValue> passedOn() {
        Map<String, RawValue> merged = new LinkedHashMap<>(file);
        if (sandbox) {
            merged.keySet().removeIf(Setting::isExternal);
        } else {
            merged.putAll(environment.kafkaProperties());
        }
        merged.putAll(commandLine);
        merged.entrySet()
                .removeIf(entry -> !Setting.isPassedOn(entry.getKey())
                        || (entry.getKey().startsWith(Setting.CAMEL)
                                && entry.getValue().text().isEmpty()));
        return merged;
    }

    private void takePassedOn(String name, RawValue given) {
        boolean kafka = name.startsWith(KafkaProperties.PREFIX);
        String property = kafka ? name.substring(KafkaProperties.PREFIX.length()) : name;
        Value value = new Value(
                Catalogue.undeclared(name, !kafka || KafkaProperties.isSecret(property)), given, given.text());
        String refusal = kafka ? KafkaProperties.refusal(property, given.text()) : null;
        if (refusal != null) {
            problems.add(value.problem(refusal));
        } else if (kafka) {
            KafkaProperties.meant(property)
                    .ifPresent(near -> notices.add(name + " (" + given.origin() + "): Kafka's clients know no such"
                            + " property; did you mean " + KafkaProperties.PREFIX + near + "?"));
        }
        values.put(name, value);
    }

    private void reportUnknown(List<Setting> declared) {
        Set<String> names = new TreeSet<>(declared.stream().map(Setting::name).toList());
        Stream.of(file, commandLine)
                .forEach(source -> source.forEach((name, given) -> {
                    if (!names.contains(name)
                            && !Setting.isPassedOn(name)
                            && !(sandbox && Setting.isOfNamedSink(name))) {
                        problems.add(problem(name, given.origin(), unknown(name, names)));
                    }
                }));
    }

    /** A variable with the prefix is one of Turnpike's, or describes a service of that name in Kubernetes. */
    private void noticePrefixed(List<Setting> declared) {
        Set<String> names =
                new TreeSet<>(declared.stream().map(Setting::environmentName).toList());
        for (String name : environment.prefixed()) {
            String plain = name.replaceFirst("_FILE$", "");
            if (!names.contains(plain) && !KafkaProperties.isNamedBy(plain)) {
                Spelling.nearest(name, names)
                        .ifPresent(near -> environment.ignore(
                                "environment " + Setting.PREFIX + name,
                                "no such setting; did you mean " + Setting.PREFIX + near + "?"));
            }
        }
    }

    /** Variables with which other programs name the brokers, and properties of Kafka that have no effect. */
    private void noticeKafka() {
        Value brokers = values.get("kafka.brokers");
        if (brokers == null) {
            return;
        } else if (brokers.parsed() == null) {
            environment
                    .names()
                    .filter(name -> BROKERS.matcher(name).matches())
                    .forEach(
                            name -> environment.ignore("environment " + name, "kafka.brokers is set by KAFKA_BROKERS"));
            return;
        }
        notices.addAll(KafkaProperties.notices(values));
    }

    private static String unknown(String name, Set<String> names) {
        String[] parts = name.split("\\.", 3);
        String list = Catalogue.FAMILIES.get(parts[0]);
        if (parts.length == 3 && list != null && names.contains(parts[0] + "." + parts[2])) {
            return "no such setting unless " + list + " names " + parts[1];
        }
        return "no such setting"
                + Spelling.nearest(name, names)
                        .map(near -> "; did you mean " + near + "?")
                        .orElse("; application.properties lists them all");
    }

    private static String problem(String name, String origin, String wrong) {
        return name.replaceAll("\\p{Cntrl}", "?") + " (" + origin + "): " + wrong;
    }
}
