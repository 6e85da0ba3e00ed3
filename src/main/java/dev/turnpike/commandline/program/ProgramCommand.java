package dev.turnpike.commandline.program;

import dev.turnpike.settings.Settings;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import org.apache.logging.log4j.Level;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Common to all commands: help, settings, and the program that they run in. */
@Command(mixinStandardHelpOptions = true)
public abstract class ProgramCommand implements Callable<Integer> {
    protected Program program;
    protected PrintStream out;
    protected PrintStream err;

    @Mixin
    protected SettingsOptions options;

    @Spec
    private CommandSpec spec;

    /** Creates commands for picocli, and hands each the program. */
    public static IFactory factory(Program program) {
        return new IFactory() {
            @Override
            public <K> K create(Class<K> type) throws Exception {
                K created = CommandLine.defaultFactory().create(type);
                if (created instanceof ProgramCommand command) {
                    command.runIn(program);
                }
                return created;
            }
        };
    }

    /** Called before {@link #call}. */
    public final void runIn(Program running) {
        program = running;
        out = running.out();
        err = running.err();
    }

    /** Reads the settings, and lets only errors be logged unless {@code log.level} says otherwise. */
    protected Settings load() {
        return options.load(program.environment(), Level.ERROR);
    }

    /**
     * Checks an option's value.
     *
     * @param value null where none was given
     * @throws ParameterException when it is out of its range
     */
    protected void checkRange(String option, Integer value, int least, int most) {
        if (value != null && (value < least || value > most)) {
            throw wrong(option + " must be from " + least + " to " + most + ", but is " + value);
        }
    }

    /** The command was called in a wrong way; the message says what is right. */
    protected ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
