package dev.turnpike.commandline;

import dev.turnpike.commandline.output.CheckTable;
import dev.turnpike.commandline.output.DisplayText;
import dev.turnpike.commandline.output.LogSettings;
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
import java.util.concurrent.Callable;
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
        mixinStandardHelpOptions = true)
final class SinkCommands {
    private SinkCommands() {}

    static CommandLine of(Program program) {
        return new CommandLine(new SinkCommands())
                .addSubcommand(new ListOfSinks(program))
                .addSubcommand("test", new Test(program))
                .addSubcommand(
                        "pause",
                        described(
                                new Switch(program, true),
                                "Pause deliveries, on every instance and across restarts, until they are resumed; events are kept."))
                .addSubcommand(
                        "resume",
                        described(
                                new Switch(program, false),
                                "Resume deliveries, with the events that were kept meanwhile."));
    }

    private static CommandLine described(Switch command, String description) {
        CommandLine line = new CommandLine(command);
        line.getCommandSpec().usageMessage().description(description);
        return line;
    }

    private static String required(String sink, Settings settings) {
        List<String> configured = SinkSettings.names(settings);
        if (!configured.contains(sink)) {
            throw new CommandFailedException(ExitCode.USAGE, "no sink " + sink + " is configured" + others(configured));
        }
        return sink;
    }

    /** Which sinks there are instead, to end a sentence. */
    static String others(List<String> configured) {
        return configured.isEmpty()
                ? ": none is, as long as neither slack.webhook-url nor slack.bot-token nor webhook.url is set"
                : "; configured: " + String.join(", ", configured);
    }

    @Command(
            name = "list",
            description = "Print each sink's state, lag, retries and dead letters.",
            mixinStandardHelpOptions = true)
    private static final class ListOfSinks implements Callable<Integer> {
        private final Program program;

        @Mixin
        private SettingsOptions options;

        @Option(names = "--json", description = "Print each as one line of JSON.")
        private boolean json;

        ListOfSinks(Program program) {
            this.program = program;
        }

        @Override
        public Integer call() {
            Settings settings = options.load(program.environment());
            List<String> sinks = SinkSettings.names(settings);
            if (sinks.isEmpty()) {
                if (!json) {
                    program.out().println("No sinks are configured.");
                }
                return ExitCode.OK;
            }
            SinkKafkaAccess kafka = SinkKafkaAccess.of(settings, Level.ERROR);
            List<SinkReport> reports = kafka.reach(() -> SinkReport.of(sinks, kafka.client()));
            if (json) {
                reports.forEach(report -> program.out().println(report.json()));
                return ExitCode.OK;
            }
            String row = "%-24s %8s %9s %13s  %s%n";
            program.out().printf(row, "SINK", "BEHIND", "RETRYING", "DEAD LETTERS", "STATE");
            reports.forEach(report -> program.out()
                    .printf(
                            row,
                            report.sink(),
                            report.behind() < 0 ? "-" : report.behind(),
                            report.retrying(),
                            report.deadLetters(),
                            DisplayText.plain(report.line())));
            return ExitCode.OK;
        }
    }

    @Command(
            description = "Send a sink a test: a signed ping event to a webhook, a message to a Slack channel.",
            mixinStandardHelpOptions = true)
    private static final class Test implements Callable<Integer> {
        private final Program program;

        @Mixin
        private SettingsOptions options;

        @Parameters(paramLabel = "NAME", description = "Such as webhook-ci.")
        private String sink;

        Test(Program program) {
            this.program = program;
        }

        @Override
        public Integer call() {
            Settings settings = options.load(program.environment());
            LogSettings.apply(settings, Level.ERROR);
            Check check = new SinkChecks(program.clock()).test(settings, required(sink, settings));
            new CheckTable(program.screen()).lines(List.of(check)).forEach(program.out()::println);
            return check.isFailed() ? ExitCode.FAILED : ExitCode.OK;
        }
    }

    @Command(mixinStandardHelpOptions = true)
    private static final class Switch implements Callable<Integer> {
        private final Program program;
        private final boolean pause;

        @Mixin
        private SettingsOptions options;

        @Parameters(paramLabel = "NAME", description = "Such as webhook-ci.")
        private String sink;

        Switch(Program program, boolean pause) {
            this.program = program;
            this.pause = pause;
        }

        @Override
        public Integer call() {
            Settings settings = options.load(program.environment());
            required(sink, settings);
            SinkKafkaAccess kafka = SinkKafkaAccess.of(settings, Level.ERROR);
            Consumer<SinkState> change =
                    pause ? state -> state.pause(program.clock().instant()) : SinkState::resume;
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
    }
}
