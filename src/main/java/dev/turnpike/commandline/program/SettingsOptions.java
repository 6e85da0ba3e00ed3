package dev.turnpike.commandline.program;

import dev.turnpike.settings.Settings;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options every command has. */
public final class SettingsOptions {
    private static final String USUAL_FILE = "application.properties";

    @Option(
            names = "-D",
            paramLabel = "SETTING=VALUE",
            description = "Set a setting; overrides environment and file. See application.properties.")
    private Map<String, String> given = new LinkedHashMap<>();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Read settings from FILE instead of application.properties.")
    private Path file;

    public Map<String, String> given() {
        return given;
    }

    public Settings load(Map<String, String> environment) {
        return Settings.load(file(environment), environment, given);
    }

    public Settings loadForSandbox(Map<String, String> environment) {
        return Settings.loadForSandbox(file(environment), environment, given);
    }

    private Path file(Map<String, String> environment) {
        if (file != null) {
            return file;
        }
        try {
            Path usual = Path.of(environment.getOrDefault("TURNPIKE_HOME", "")).resolve(USUAL_FILE);
            return Files.exists(usual) ? usual : null;
        } catch (InvalidPathException e) {
            // the settings report what is wrong with it
            return null;
        }
    }
}
