package dev.turnpike.commandline;

import dev.turnpike.commandline.output.CheckTable;
import dev.turnpike.commandline.output.DisplayText;
import dev.turnpike.commandline.program.CommandFailedException;
import dev.turnpike.commandline.program.ExitCode;
import dev.turnpike.commandline.program.Program;
import dev.turnpike.commandline.program.SettingsOptions;
import dev.turnpike.doctor.Check;
import dev.turnpike.doctor.SinkChecks;
import dev.turnpike.settings.Settings;
import dev.turnpike.sinks.SinkReport;
import dev.turnpike.sinks.SinkSettings;
import dev.turnpike.sinks.delivery.SinkState;
import java.util.List;
import java.util.function.Consumer;
import org.apache.logging.log4j.Level;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands about Slack channels and webhooks. */
@Command(
        name = "sink",
        description = "List Slack channels and webhooks, send one a test, pause or resume it.",
        addMethodSubcommands = false,
        mixinStandardHelpOptions = true)
final class SinkCommands {
    private final Program program;

    private SinkCommands(Program program) {
        this.program = program;
    }

    static CommandLine of(Program program) {
        CommandLine sinks = new CommandLine(new SinkCommands(program));
        // by name, since reflection knows no order of the methods
        for (String command : List.of("list", "test", "pause", "resume")) {
            CommandLine.getCommandMethods(SinkCommands.class, command).forEach(sinks::addSubcommand);
        }
        return sinks;
    }

    /** Says that these are not configured, and what is. */
    static String unknown(List<String> sinks, List<String> configured) {
        return "no sink " + String.join(", ", sinks) + " is configured"
                + (configured.isEmpty()
                        ? ": none is, as long as neither slack.webhook-url nor slack.bot-token nor webhook.url is set"
                        : "; configured: " + String.join(", ", configured));
    }

    @Command(description = "Print each sink's state, lag, retries and dead letters.", mixinStandardHelpOptions = true)
    int list(
            @Mixin SettingsOptions options,
            @Option(names = "--json", description = "Print each as one line of JSON.") boolean json) {
        Settings settings = options.load(program.environment(), Level.ERROR);
        List<String> sinks = SinkSettings.names(settings);
        if (sinks.isEmpty()) {
            if (!json) {
                program.out().println("No sinks are configured.");
            }
            return ExitCode.OK;
        }
        SinkKafkaAccess kafka = SinkKafkaAccess.of(settings);
        List<SinkReport> reports = kafka.reach(() -> SinkReport.of(sinks, kafka.client()));
        if (json) {
            reports.forEach(report -> program.out().println(report.json()));
            return ExitCode.OK;
        }
        String row = "%-24s %8s %9s %13s  %s%n";
        program.out().printf(row, "SINK", "LAG", "RETRYING", "DEAD LETTERS", "STATE");
        reports.forEach(report -> program.out()
                .printf(
                        row,
                        report.sink(),
                        report.lag() < 0 ? "-" : report.lag(),
                        report.retrying(),
                        report.deadLetters(),
                        DisplayText.plain(report.line())));
        return ExitCode.OK;
    }

    @Command(
            description = "Send a sink a test: a signed ping event to a webhook, a message to a Slack channel.",
            mixinStandardHelpOptions = true)
    int test(
            @Mixin SettingsOptions options,
            @Parameters(paramLabel = "NAME", description = "Such as webhook-ci.") String sink) {
        Check check = new SinkChecks(program.clock()).test(settings(options, sink), sink);
        new CheckTable(program.screen()).lines(List.of(check)).forEach(program.out()::println);
        return check.isFailed() ? ExitCode.FAILED : ExitCode.OK;
    }

    @Command(
            description =
                    "Pause deliveries, on every instance and across restarts, until they are resumed; events are kept.",
            mixinStandardHelpOptions = true)
    int pause(
            @Mixin SettingsOptions options,
            @Parameters(paramLabel = "NAME", description = "Such as webhook-ci.") String sink) {
        return change(options, sink, true, state -> state.pause(program.clock().instant()));
    }

    @Command(
            description = "Resume deliveries, with the events that were kept meanwhile.",
            mixinStandardHelpOptions = true)
    int resume(
            @Mixin SettingsOptions options,
            @Parameters(paramLabel = "NAME", description = "Such as webhook-ci.") String sink) {
        return change(options, sink, false, SinkState::resume);
    }

    private int change(SettingsOptions options, String sink, boolean pause, Consumer<SinkState> change) {
        SinkKafkaAccess kafka = SinkKafkaAccess.of(settings(options, sink));
        boolean changed = kafka.reach(() -> {
            try (SinkState state = new SinkState(kafka.client(), sink)) {
                state.refresh();
                boolean differs = state.isPaused() != pause;
                if (differs) {
                    change.accept(state);
                }
                return differs;
            }
        });
        program.out().println(sink + (changed ? " is " : " was already ") + (pause ? "paused." : "resumed."));
        return ExitCode.OK;
    }

    /** Settings with that sink. */
    private Settings settings(SettingsOptions options, String sink) {
        Settings settings = options.load(program.environment(), Level.ERROR);
        List<String> configured = SinkSettings.names(settings);
        if (!configured.contains(sink)) {
            throw CommandFailedException.usage(unknown(List.of(sink), configured));
        }
        return settings;
    }
}
