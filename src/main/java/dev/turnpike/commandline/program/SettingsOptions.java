package dev.turnpike.commandline.program;

import dev.turnpike.commandline.output.LogSettings;
import dev.turnpike.settings.Settings;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.logging.log4j.Level;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options every command has. */
public final class SettingsOptions {
    private static final String USUAL_FILE = "application.properties";

    private static final String SETTING = "setting=value";

    @Option(
            names = "-D",
            paramLabel = SETTING,
            description = "Set a setting; overrides environment and file. See application.properties.")
    // no String, which would be restored, and a path with it
    private Map<String, CharSequence> given = new LinkedHashMap<>();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Read settings from FILE instead of application.properties.")
    private Path file;

    /** Help that shows the option as it is typed: picocli would print -D=setting=value. */
    public static Help help(CommandSpec command, Help.ColorScheme colours) {
        return new Help(command, colours) {
            @Override
            public IParamLabelRenderer parameterLabelRenderer() {
                IParamLabelRenderer usual = super.parameterLabelRenderer();
                return new IParamLabelRenderer() {
                    @Override
                    public Ansi.Text renderParameterLabel(ArgSpec arg, Ansi ansi, List<Ansi.IStyle> styles) {
                        return arg.paramLabel().equals(SETTING)
                                ? colours.apply(SETTING, styles)
                                : usual.renderParameterLabel(arg, ansi, styles);
                    }

                    @Override
                    public String separator() {
                        return usual.separator();
                    }
                };
            }

            @Override
            public IOptionRenderer createDefaultOptionRenderer() {
                IOptionRenderer usual = super.createDefaultOptionRenderer();
                return (option, labels, scheme) -> {
                    Ansi.Text[][] rows = usual.render(option, labels, scheme);
                    if (option.paramLabel().equals(SETTING)) {
                        // columns: required, short name, comma, long name with its label, description
                        rows[0][1] = scheme.text("");
                        rows[0][2] = scheme.text("");
                        rows[0][3] = scheme.optionText(option.shortestName())
                                .concat(labels.renderParameterLabel(option, scheme.ansi(), scheme.optionParamStyles()));
                    }
                    return rows;
                };
            }
        };
    }

    /** By setting; texts as they were typed, paths as the JVM has read them. */
    public Map<String, String> given() {
        Map<String, String> texts = new LinkedHashMap<>();
        given.forEach((name, text) ->
                texts.put(name, Settings.isPath(name) ? text.toString() : TypedText.of(text.toString())));
        return texts;
    }

    /**
     * Reads the settings, and applies those of the log.
     *
     * @param usual level of the log where {@code log.level} is not set
     */
    public Settings load(Map<String, String> environment, Level usual) {
        Settings settings = Settings.load(file(environment), environment, given());
        LogSettings.apply(settings, usual);
        return settings;
    }

    public Settings loadForSandbox(Map<String, String> environment) {
        return Settings.loadForSandbox(file(environment), environment, given());
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
