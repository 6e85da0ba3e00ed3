package dev.turnpike.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads settings from environment variables, and from the files that {@code ..._FILE} variables name. */
final class EnvironmentVariables {
    private static final String FILE = "_FILE";
    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://[0-9a-fA-F.:\\[\\]]+:\\d{1,5}");

    private static final Set<String> COMMON_NAMES = Set.of("LOG_LEVEL", "LOG_FORMAT");

    private final Map<String, String> variables;
    private final Path workingFolder;
    private final List<String> problems = new ArrayList<>();
    private final Set<String> notices = new LinkedHashSet<>();

    EnvironmentVariables(Map<String, String> variables, Path workingFolder) {
        this.variables = Map.copyOf(variables);
        this.workingFolder = workingFolder;
    }

    List<String> problems() {
        return List.copyOf(problems);
    }

    /** A variable's value; empty counts as unset. */
    Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    /** The user's home: the variable first, as in the Codex CLI. */
    Path home() {
        return variable("HOME").map(Path::of).orElseGet(() -> home(System.getProperty("user.home")));
    }

    /** A container's user without an entry in passwd has none, which the JVM writes as a question mark. */
    private Path home(String ofUser) {
        if (!ofUser.equals("?")) {
            return Path.of(ofUser);
        }
        notices.add("this user has no home folder, and HOME is not set: ~ stands for /");
        return Path.of("/");
    }

    /** The value of a setting in the environment. */
    Optional<RawValue> given(Setting setting) {
        // the prefix first: no other program's variable begins with it
        Optional<RawValue> own = given(setting, Setting.PREFIX + setting.environmentName());
        // HTTP_PROXY without the prefix is shared by all programs, and for http alone
        return setting.name().equals(NetworkSettings.PROXY)
                ? own
                : own.or(() -> given(setting, setting.environmentName())).or(() -> codexHome(setting));
    }

    private Optional<RawValue> given(Setting setting, String name) {
        Optional<RawValue> direct = direct(name).filter(given -> isForTurnpike(setting, name, given.text()));
        Optional<RawValue> byFile = setting.secret()
                ? variable(name + FILE).flatMap(file -> content(setting, name + FILE, file))
                : Optional.empty();
        if (direct.isPresent() && byFile.isPresent()) {
            problems.add(new Value(setting, direct.get(), null)
                    .problem("give it by " + name + " or by " + name + FILE + ", not both"));
        }
        return direct.or(() -> byFile);
    }

    /** Kubernetes sets variables for each service, some named like ours; others are read by other programs as well. */
    private boolean isForTurnpike(Setting setting, String name, String text) {
        if (SERVICE_ADDRESS.matcher(text).matches() && name.endsWith("_PORT")) {
            ignore(
                    "environment " + name,
                    "the address of a Kubernetes service, " + setting.name() + " is set by "
                            + (name.startsWith(Setting.PREFIX)
                                    ? "-D or in application.properties"
                                    : Setting.PREFIX + setting.environmentName()));
            return false;
        }
        if (COMMON_NAMES.contains(name) && !setting.type().accepts(text)) {
            ignore(
                    "environment " + name,
                    "meant for another program, as it is not " + setting.type().allowed());
            return false;
        }
        return true;
    }

    /** Records a variable that is not used, with the reason. */
    void ignore(String label, String why) {
        notices.add(label + " is ignored: " + why);
    }

    List<String> notices() {
        return List.copyOf(notices);
    }

    /** A variable that other programs read as well, in upper or lower case; of both, the upper case. */
    Optional<RawValue> shared(String name) {
        return direct(variables.containsKey(name) ? name : name.toLowerCase(Locale.ROOT));
    }

    /** Variables of the Codex CLI and others for a setting, used where Turnpike's own sources have no value. */
    Optional<RawValue> common(Setting setting) {
        return switch (setting.name()) {
            case NetworkSettings.NO_PROXY -> shared("NO_PROXY");
            case NetworkSettings.CA_FILE -> direct("CODEX_CA_CERTIFICATE").or(() -> direct("SSL_CERT_FILE"));
            default -> Optional.empty();
        };
    }

    /** Kafka's own properties: {@code KAFKA_PROPERTIES_SASL_MECHANISM} sets {@code kafka.properties.sasl.mechanism}. */
    Map<String, RawValue> kafkaProperties() {
        Map<String, RawValue> given = new LinkedHashMap<>();
        variables.keySet().stream()
                .sorted()
                .filter(variable -> KafkaProperties.isNamedBy(withoutPrefix(variable)))
                .forEach(variable -> {
                    String name = withoutPrefix(variable);
                    String property = KafkaProperties.ofEnvironment(name);
                    String before = KafkaProperties.ofEnvironment(name.replaceFirst(FILE + "$", ""));
                    boolean byFile = KafkaProperties.mayBeInFile(before);
                    Setting setting =
                            Catalogue.undeclared(KafkaProperties.PREFIX + (byFile ? before : property), byFile);
                    // empty is not unset: some of Kafka's properties have a meaning when they are empty
                    given(setting)
                            .or(() -> Optional.of(given(variables.get(variable).strip(), "environment " + variable)))
                            .ifPresent(value -> given.put(setting.name(), value));
                });
        return given;
    }

    /** The names of all variables that are set, sorted. */
    Stream<String> names() {
        return variables.keySet().stream()
                .filter(name -> variable(name).isPresent())
                .sorted();
    }

    /** The variables that begin with Turnpike's own prefix, without it. */
    Set<String> prefixed() {
        return variables.keySet().stream()
                .filter(name -> name.startsWith(Setting.PREFIX))
                .map(EnvironmentVariables::withoutPrefix)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String withoutPrefix(String name) {
        return name.replaceFirst("^" + Setting.PREFIX, "");
    }

    private Optional<RawValue> codexHome(Setting setting) {
        Optional<String> home = setting.name().equals("codex.auth-files") ? variable("CODEX_HOME") : Optional.empty();
        home.filter(folder -> folder.contains(","))
                .ifPresent(folder -> problems.add(setting.name() + " (environment CODEX_HOME): the folder " + folder
                        + " has a comma in its name, which would split it into two files: set CODEX_HOME to a link to it"
                        + " without a comma"));
        return home.map(folder -> given(folder + "/auth.json", "environment CODEX_HOME"));
    }

    private Optional<RawValue> content(Setting setting, String variable, String file) {
        String origin = file + ", named by " + variable;
        String wrong;
        try {
            String text = Files.readString(workingFolder.resolve(file)).replaceAll("^\ufeff|[\r\n]+$", "");
            if (!text.isBlank()) {
                return Optional.of(given(text, origin));
            }
            wrong = "the file is empty";
        } catch (IOException | IllegalArgumentException e) {
            wrong = "the file cannot be read: " + e.getClass().getSimpleName();
        }
        problems.add(setting.name() + " (" + origin + "): " + wrong);
        return Optional.empty();
    }

    private Optional<RawValue> direct(String name) {
        return variable(name).map(text -> given(text, "environment " + name));
    }

    private RawValue given(String text, String origin) {
        return new RawValue(text, origin, workingFolder);
    }
}
