package dev.turnpike.commandline;

import dev.turnpike.settings.Settings;
import dev.turnpike.sinks.SinkSettings;
import dev.turnpike.sinks.replay.Letter;
import dev.turnpike.sinks.replay.Letters;
import dev.turnpike.sinks.replay.Replay;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.logging.log4j.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Hands dead letters, or a stretch of history, to the one sink they are for. */
@Command(
        name = "replay",
        description = "Hand dead letters to their sinks again: all that were not replayed yet, or those named."
                + " With --since and --sink, hand one sink everything since then.",
        mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
    private final Program program;

    @Spec
    private CommandSpec spec;

    @Mixin
    private SettingsOptions options;

    @Parameters(paramLabel = "ID", arity = "0..*", description = "Dead letters, by the id that dead-letters shows.")
    private List<String> ids = new ArrayList<>();

    @Option(names = "--sink", paramLabel = "NAME", description = "Only for this sink, such as webhook-ci.")
    private String sink;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "Everything Kafka got since then, such as 2026-11-22T09:00:00Z; needs --sink.")
    private String since;

    ReplayCommand(Program program) {
        this.program = program;
    }

    @Override
    public Integer call() {
        if (since != null && (sink == null || !ids.isEmpty())) {
            throw new ParameterException(spec.commandLine(), "--since needs --sink NAME, and takes no ids");
        }
        Instant from = since == null ? null : instant();
        Settings settings = options.load(program.environment());
        if (from != null) {
            requireConfigured(settings);
        }
        SinkKafkaAccess kafka = SinkKafkaAccess.of(settings, Level.ERROR);
        Replay replay = new Replay(kafka.client(), kafka.topics());
        int handed = kafka.reach(() -> from == null ? replay.letters(chosen(kafka)) : replay.since(from, sink));
        program.out().println(handed == 1 ? "1 record handed over." : handed + " records handed over.");
        return ExitCode.OK;
    }

    /** What is handed to a sink that does not exist is read by nobody. */
    private void requireConfigured(Settings settings) {
        List<String> configured = SinkSettings.names(settings);
        if (!configured.contains(sink)) {
            throw new RefusedException(
                    ExitCode.USAGE,
                    "no sink " + sink + " is configured; "
                            + (configured.isEmpty() ? "none is" : "there are " + String.join(", ", configured)));
        }
    }

    private Instant instant() {
        try {
            return Instant.parse(since);
        } catch (DateTimeException e) {
            throw new ParameterException(
                    spec.commandLine(), "--since " + since + " must be a time such as 2026-11-22T09:00:00Z", e);
        }
    }

    private List<Letter> chosen(SinkKafkaAccess kafka) {
        List<Letter> letters = new Letters(kafka.client(), kafka.topics()).all();
        List<String> unknown = ids.stream()
                .filter(id -> letters.stream().noneMatch(letter -> letter.id().equals(id)))
                .toList();
        if (!unknown.isEmpty()) {
            throw new RefusedException(
                    ExitCode.USAGE, "no dead letter " + String.join(", ", unknown) + "; see ./turnpike dead-letters");
        }
        return letters.stream()
                .filter(letter -> sink == null || letter.sink().equals(sink))
                .filter(letter -> ids.isEmpty() ? letter.replayed() == null : ids.contains(letter.id()))
                .toList();
    }
}
