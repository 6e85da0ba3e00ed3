package dev.turnpike.commandline;

import dev.turnpike.commandline.output.LogSettings;
import dev.turnpike.commandline.program.CommandFailedException;
import dev.turnpike.commandline.program.ExitCode;
import dev.turnpike.commandline.program.Program;
import dev.turnpike.commandline.program.ProgramCommand;
import dev.turnpike.commandline.program.SettingsOptions;
import dev.turnpike.commandline.program.TypedText;
import dev.turnpike.commandline.task.TaskCommands;
import dev.turnpike.runtime.TurnpikeVersion;
import dev.turnpike.settings.DurationText;
import dev.turnpike.settings.SettingsException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.logging.log4j.LogManager;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code ./turnpike}: the entry point. */
@Command(
        name = "turnpike",
        description = "Codex cloud accounts as Kafka event streams.",
        mixinStandardHelpOptions = true,
        versionProvider = Turnpike.Version.class)
public final class Turnpike {
    private Turnpike() {}

    public static void main(String[] arguments) {
        // digits and letters of some languages are none that Kafka and upstream know: Kafka does not even start in
        // Turkish
        Locale.setDefault(Locale.ROOT);
        LogSettings.load();
        Program program = Program.of(System.getenv(), stream(FileDescriptor.out), stream(FileDescriptor.err));
        int code;
        try {
            code = run(program, Arguments.typed(arguments, program.environment()));
        } catch (CommandFailedException e) {
            print(program, e.getMessage());
            code = e.exitCode();
        }
        LogManager.shutdown();
        System.exit(code);
    }

    /** Runs one command, and returns the process's exit code. */
    static int run(Program program, String... arguments) {
        CommandLine line = new CommandLine(new Turnpike(), ProgramCommand.factory(program));
        Map<String, Supplier<Object>> commands = commands(program);
        // picocli reads every annotation of a command, so only the one to run is created
        String asked = arguments.length == 0 ? "" : arguments[0];
        commands.forEach((name, command) -> {
            if (name.equals(asked) || !commands.containsKey(asked)) {
                line.addSubcommand(name, command.get());
            }
        });
        // a prompt may begin with the name of somebody
        line.setExpandAtFiles(false);
        line.registerConverter(Duration.class, Turnpike::duration);
        line.registerConverter(String.class, new TypedText());
        line.setHelpFactory(SettingsOptions::help);
        line.setOut(writer(program.out()));
        line.setErr(writer(program.err()));
        line.setColorScheme(CommandLine.Help.defaultColorScheme(program.screen().colour() ? Ansi.ON : Ansi.OFF));
        line.setParameterExceptionHandler((wrong, args) -> {
            String command = wrong.getCommandLine().getCommandSpec().qualifiedName();
            print(program, TypedText.of(complaint(wrong)) + "; see ./" + command + " --help");
            return ExitCode.USAGE;
        });
        line.setExecutionExceptionHandler((failure, command, parsed) -> refusal(program, failure));
        return line.execute(arguments);
    }

    /** Picocli's message, but for a word where a command is expected: it would call it an argument at an index. */
    private static String complaint(ParameterException wrong) {
        return wrong instanceof UnmatchedArgumentException unmatched
                        && !unmatched.isUnknownOption()
                        && !wrong.getCommandLine().getSubcommands().isEmpty()
                ? "there is no command '" + unmatched.getUnmatched().get(0) + "'"
                : wrong.getMessage();
    }

    private static Map<String, Supplier<Object>> commands(Program program) {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("run", () -> RunCommand.class);
        commands.put("sandbox", () -> SandboxCommand.class);
        commands.put("doctor", () -> DoctorCommand.class);
        commands.put("top", () -> TopCommand.class);
        commands.put("guard", () -> GuardCommand.class);
        commands.put("dead-letters", () -> DeadLettersCommand.class);
        commands.put("replay", () -> ReplayCommand.class);
        commands.put("sink", () -> SinkCommands.of(program));
        commands.put("task", () -> TaskCommands.class);
        return commands;
    }

    private static int refusal(Program program, Exception failure) {
        if (failure instanceof SettingsException settings) {
            settings.lines().forEach(line -> print(program, line));
            return ExitCode.USAGE;
        }
        if (failure instanceof CommandFailedException refused) {
            print(program, refused.getMessage());
            return refused.exitCode();
        }
        if (failure instanceof InvalidPathException path) {
            print(
                    program,
                    "the path '" + path.getInput() + "' cannot be used in " + Arguments.locale(program.environment()));
            return ExitCode.USAGE;
        }
        LoggerFactory.getLogger(Turnpike.class).error("Command failed", failure);
        print(program, "failed: " + CommandFailedException.line(failure));
        return ExitCode.FAILED;
    }

    private static Duration duration(String text) {
        try {
            return DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("must be a duration with its unit, such as 30s or 5m");
        }
    }

    private static void print(Program program, String line) {
        program.err().println("turnpike: " + String.join(" ", List.of(line.split("\\R"))));
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"turnpike " + TurnpikeVersion.text()};
        }
    }
}
