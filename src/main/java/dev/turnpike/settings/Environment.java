package dev.turnpike.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings out of environment variables, and out of the files that {@code ..._FILE} variables name. */
final class Environment {
    private static final String FILE = "_FILE";

    private final Map<String, String> variables;
    private final Path workingFolder;
    private final List<Problem> problems = new ArrayList<>();

    Environment(Map<String, String> variables, Path workingFolder) {
        this.variables = Map.copyOf(variables);
        this.workingFolder = workingFolder;
    }

    /** What could not be read so far. */
    List<Problem> problems() {
        return List.copyOf(problems);
    }

    /** A variable's value; empty counts as unset. */
    Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    /** Where the user's home is: the variable first, as the Codex CLI has it. */
    Path home() {
        return Path.of(variable("HOME").orElseGet(() -> System.getProperty("user.home")));
    }

    /** What the environment gives for a setting, if anything. */
    Optional<Given> given(Setting setting) {
        String name = setting.environmentName();
        Optional<Given> direct = variable(name).map(text -> new Given(text, origin("environment " + name)));
        Optional<Given> byFile =
                setting.secret() ? variable(name + FILE).flatMap(file -> content(setting, file)) : Optional.empty();
        if (direct.isPresent() && byFile.isPresent()) {
            problems.add(Problem.of(
                    new Value(setting, direct.get().text(), direct.get().origin(), null),
                    "give it by " + name + " or by " + name + FILE + ", not both"));
        }
        return direct.or(() -> byFile).or(() -> codexHome(setting));
    }

    /** Kafka's own properties: {@code KAFKA_PROPERTIES_SASL_MECHANISM} sets {@code kafka.properties.sasl.mechanism}. */
    Map<String, Given> kafkaProperties() {
        Map<String, Given> given = new LinkedHashMap<>();
        variables.entrySet().stream()
                .filter(KafkaProperties::isNamedBy)
                .sorted(Map.Entry.comparingByKey())
                .forEach(variable -> {
                    String property = KafkaProperties.ofEnvironment(withoutFile(variable.getKey()));
                    boolean secret = KafkaProperties.isSecret(property);
                    Setting setting = Catalogue.undeclared(
                            KafkaProperties.PREFIX
                                    + (secret ? property : KafkaProperties.ofEnvironment(variable.getKey())),
                            secret);
                    given(setting).ifPresent(value -> given.put(setting.name(), value));
                });
        return given;
    }

    private static String withoutFile(String name) {
        return name.endsWith(FILE) ? name.substring(0, name.length() - FILE.length()) : name;
    }

    private Optional<Given> codexHome(Setting setting) {
        return setting.name().equals("codex.auth-files")
                ? variable("CODEX_HOME")
                        .map(folder -> new Given(folder + "/auth.json", origin("environment CODEX_HOME")))
                : Optional.empty();
    }

    private Optional<Given> content(Setting setting, String file) {
        String variable = setting.environmentName() + FILE;
        Origin origin = origin(file + ", named by " + variable);
        String wrong;
        try {
            String text = Files.readString(workingFolder.resolve(file)).replaceAll("[\r\n]+$", "");
            if (!text.isBlank()) {
                return Optional.of(new Given(text, origin));
            }
            wrong = "the file is empty";
        } catch (IOException | IllegalArgumentException e) {
            wrong = "the file cannot be read: " + e.getClass().getSimpleName();
        }
        problems.add(Problem.ofName(setting.name(), origin, wrong));
        return Optional.empty();
    }

    private Origin origin(String label) {
        return new Origin(label, workingFolder);
    }
}
