package dev.turnpike.settings;

import dev.turnpike.http.Network;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Immutable settings, checked and typed. Reading a setting that is not in the catalogue, or as another type, is a
 * programming error and throws {@link IllegalArgumentException}.
 *
 * <p>A relative path is resolved against the place where it was written: the file's folder, the working folder for
 * environment and command line, and {@code TURNPIKE_HOME} for defaults.
 */
public final class Settings {
    private final Path file;
    private final Map<String, String> environment;
    private final Map<String, RawValue> commandLine;
    private final boolean sandbox;
    private final Map<String, Value> values;
    private final Network network;
    private final List<String> networkSummary;
    private final List<String> notices;

    private Settings(Path file, Map<String, String> environment, Map<String, RawValue> commandLine, boolean sandbox) {
        this.file = file;
        this.environment = environment;
        this.commandLine = commandLine;
        this.sandbox = sandbox;
        SettingsReader reader = new SettingsReader(file, environment, commandLine, sandbox);
        this.values = reader.read();
        NetworkSettings networking = reader.network();
        this.network = networking.network();
        this.networkSummary = networking.summary();
        this.notices = reader.notices();
    }

    /**
     * Command line over environment over file over default.
     *
     * @param file null for none
     * @param environment {@link System#getenv()}
     * @param commandLine options {@code -D} by setting; an empty text selects the default
     * @throws SettingsException naming everything that is unknown, malformed or contradictory
     */
    public static Settings load(Path file, Map<String, String> environment, Map<String, String> commandLine) {
        return new Settings(file, Map.copyOf(environment), given(commandLine, "-D"), false);
    }

    /**
     * The same, except that accounts, brokers and receivers of messages are read from the command line alone: a real
     * Slack channel must not receive the sandbox's turns.
     *
     * @throws SettingsException as {@link #load}
     */
    public static Settings loadForSandbox(Path file, Map<String, String> environment, Map<String, String> commandLine) {
        return new Settings(file, Map.copyOf(environment), given(commandLine, "-D"), true);
    }

    /** Whether the text of a setting names files; those of Camel may, and Kafka's locations do. */
    public static boolean isPath(String name) {
        if (Setting.isPassedOn(name)) {
            return name.startsWith(Setting.CAMEL) || name.endsWith(".location");
        }
        String family = Setting.isOfNamedSink(name) ? name.replaceFirst("\\.[^.]+", "") : name;
        return Catalogue.find(family).map(setting -> setting.type().isPath()).orElse(false);
    }

    /** Defaults and these values alone, without file or environment. */
    public static Settings of(Map<String, String> values) {
        return new Settings(null, Map.of(), given(values, "set by the program"), false);
    }

    /**
     * These settings with some replaced.
     *
     * @throws SettingsException when the result is not allowed
     */
    public Settings with(Map<String, String> overrides) {
        Map<String, RawValue> more = new LinkedHashMap<>(commandLine);
        more.putAll(given(overrides, "set by the program"));
        return new Settings(file, environment, more, sandbox);
    }

    /** Never null; empty when unset. */
    public String text(String name) {
        Value value = value(name);
        return value.parsed() == null ? "" : parsed(name, String.class);
    }

    /** Whether it has a value, its default included. */
    public boolean isSet(String name) {
        return value(name).parsed() != null;
    }

    /** Whether it was not set. */
    public boolean isDefault(String name) {
        return value(name).isDefault();
    }

    /** Where the value was given: {@code application.properties:12}, {@code environment POLL_TICK}, {@code -D}. */
    public String origin(String name) {
        return value(name).origin();
    }

    public int integer(String name) {
        return Math.toIntExact(parsed(name, Long.class));
    }

    public boolean flag(String name) {
        return parsed(name, Boolean.class);
    }

    public Duration duration(String name) {
        return parsed(name, Duration.class);
    }

    /** Without trailing slashes. */
    public URI uri(String name) {
        return parsed(name, URI.class);
    }

    /** Absolute. */
    public Path path(String name) {
        return parsed(name, Path.class);
    }

    /** Absolute; empty when unset. */
    public List<Path> paths(String name) {
        return list(name, Path.class);
    }

    /** Empty when unset. */
    public List<String> list(String name) {
        return list(name, String.class);
    }

    /** Empty when unset. */
    public List<Long> longs(String name) {
        return list(name, Long.class);
    }

    /**
     * The enabled sinks of a family, by the prefix of their settings' names: {@code slack} for the plain one, {@code
     * slack.dev} for the one that {@code slacks} names {@code dev}.
     *
     * @param family {@code slack} or {@code webhook}
     */
    public List<String> sinks(String family) {
        List<String> prefixes = list(Catalogue.FAMILIES.get(family)).stream()
                .map(name -> family + "." + name)
                .collect(Collectors.toList());
        prefixes.add(0, family);
        prefixes.removeIf(prefix -> Catalogue.family(family).stream()
                .filter(Setting::secret)
                .noneMatch(setting -> isSet(prefix + setting.name().substring(family.length()))));
        return List.copyOf(prefixes);
    }

    /** Kafka's own client properties, without the prefix; secrets included. */
    public Map<String, String> kafkaProperties() {
        return KafkaProperties.of(values);
    }

    /**
     * Every setting for Camel's placeholders, secrets included: durations in milliseconds, paths absolute, unset ones
     * empty.
     */
    public Map<String, String> asProperties() {
        Map<String, String> properties = new LinkedHashMap<>();
        values.forEach((name, value) -> properties.put(name, value.asProperty()));
        return properties;
    }

    /** Proxies and trusted certificates. */
    public Network network() {
        return network;
    }

    /** The same for a person, each part with its origin; empty without any. */
    public List<String> networkSummary() {
        return networkSummary;
    }

    /** Environment variables that are named like a setting but belong to other programs, one line each. */
    public List<String> notices() {
        return notices;
    }

    /**
     * A setting for a person to check.
     *
     * @param value secrets as stars
     * @param origin source of the value, {@code default} where it was not set
     */
    public record Shown(String name, String value, String origin) {}

    /** Every setting, and what is passed on to Kafka and Camel. */
    public List<Shown> shown() {
        return values.values().stream()
                .map(value -> new Shown(value.setting().name(), value.shown(), value.origin()))
                .toList();
    }

    /** Settings other than defaults, for the log; secrets, and properties passed on to Kafka or Camel, as stars. */
    public String forLog() {
        return given(value -> value.setting().isPassedOn() ? "***" : value.shown());
    }

    /** Settings other than defaults, secrets as stars. */
    @Override
    public String toString() {
        return given(Value::shown);
    }

    private String given(Function<Value, String> shown) {
        return values.values().stream()
                .filter(value -> !value.isDefault())
                .map(value -> value.setting().name() + "=" + shown.apply(value))
                .collect(Collectors.joining(", ", "Settings[", "]"));
    }

    private Value value(String name) {
        Value value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no setting " + name);
        }
        return value;
    }

    private <T> T parsed(String name, Class<T> type) {
        Object parsed = value(name).parsed();
        if (!type.isInstance(parsed)) {
            throw new IllegalArgumentException(
                    name + (parsed == null ? " is not set" : " is not a " + type.getSimpleName()));
        }
        return type.cast(parsed);
    }

    private <T> List<T> list(String name, Class<T> type) {
        if (value(name).parsed() == null) {
            return List.of();
        }
        return ((List<?>) parsed(name, List.class)).stream().map(type::cast).toList();
    }

    private static Map<String, RawValue> given(Map<String, String> texts, String label) {
        Path base = Path.of("").toAbsolutePath();
        Map<String, RawValue> given = new LinkedHashMap<>();
        texts.forEach((name, text) -> given.put(name, new RawValue(text.strip(), label, base)));
        return given;
    }
}
