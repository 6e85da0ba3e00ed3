package dev.turnpike.commandline;

import dev.turnpike.commandline.output.CheckTable;
import dev.turnpike.commandline.output.DisplayText;
import dev.turnpike.commandline.program.CommandFailedException;
import dev.turnpike.commandline.program.ExitCode;
import dev.turnpike.commandline.program.Program;
import dev.turnpike.commandline.program.ProgramCommand;
import dev.turnpike.doctor.Check;
import dev.turnpike.doctor.SinkChecks;
import dev.turnpike.settings.Settings;
import dev.turnpike.sinks.SinkReport;
import dev.turnpike.sinks.SinkSettings;
import dev.turnpike.sinks.delivery.SinkState;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
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
                .addSubcommand(new Test(program))
                .addSubcommand(new Pause(program))
                .addSubcommand(new Resume(program));
    }

    /** Says that these are not configured, and what is. */
    static String unknown(List<String> sinks, List<String> configured) {
        return "no sink " + String.join(", ", sinks) + " is configured"
                + (configured.isEmpty()
                        ? ": none is, as long as neither slack.webhook-url nor slack.bot-token nor webhook.url is set"
                        : "; configured: " + String.join(", ", configured));
    }

    @Command(name = "list", description = "Print each sink's state, lag, retries and dead letters.")
    private static final class ListOfSinks extends ProgramCommand {
        @Option(names = "--json", description = "Print each as one line of JSON.")
        private boolean json;

        ListOfSinks(Program program) {
            super(program);
        }

        @Override
        public Integer call() {
            Settings settings = load();
            List<String> sinks = SinkSettings.names(settings);
            if (sinks.isEmpty()) {
                if (!json) {
                    out.println("No sinks are configured.");
                }
                return ExitCode.OK;
            }
            SinkKafkaAccess kafka = SinkKafkaAccess.of(settings);
            List<SinkReport> reports = kafka.reach(() -> SinkReport.of(sinks, kafka.client()));
            if (json) {
                reports.forEach(report -> out.println(report.json()));
                return ExitCode.OK;
            }
            String row = "%-24s %8s %9s %13s  %s%n";
            out.printf(row, "SINK", "BEHIND", "RETRYING", "DEAD LETTERS", "STATE");
            reports.forEach(report -> out.printf(
                    row,
                    report.sink(),
                    report.behind() < 0 ? "-" : report.behind(),
                    report.retrying(),
                    report.deadLetters(),
                    DisplayText.plain(report.line())));
            return ExitCode.OK;
        }
    }

    private abstract static class CommandForSink extends ProgramCommand {
        @Parameters(paramLabel = "NAME", description = "Such as webhook-ci.")
        private String sink;

        CommandForSink(Program program) {
            super(program);
        }

        @Override
        public final Integer call() {
            Settings settings = load();
            List<String> configured = SinkSettings.names(settings);
            if (!configured.contains(sink)) {
                throw CommandFailedException.usage(unknown(List.of(sink), configured));
            }
            return run(sink, settings);
        }

        abstract int run(String sink, Settings settings);

        int change(String sink, Settings settings, boolean pause, Consumer<SinkState> change) {
            SinkKafkaAccess kafka = SinkKafkaAccess.of(settings);
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
            out.println(sink + (changed ? " is " : " was already ") + (pause ? "paused." : "resumed."));
            return ExitCode.OK;
        }
    }

    @Command(
            name = "test",
            description = "Send a sink a test: a signed ping event to a webhook, a message to a Slack channel.")
    private static final class Test extends CommandForSink {
        Test(Program program) {
            super(program);
        }

        @Override
        int run(String sink, Settings settings) {
            Check check = new SinkChecks(program.clock()).test(settings, sink);
            new CheckTable(program.screen()).lines(List.of(check)).forEach(out::println);
            return check.isFailed() ? ExitCode.FAILED : ExitCode.OK;
        }
    }

    @Command(
            name = "pause",
            description =
                    "Pause deliveries, on every instance and across restarts, until they are resumed; events are kept.")
    private static final class Pause extends CommandForSink {
        Pause(Program program) {
            super(program);
        }

        @Override
        int run(String sink, Settings settings) {
            return change(
                    sink, settings, true, state -> state.pause(program.clock().instant()));
        }
    }

    @Command(name = "resume", description = "Resume deliveries, with the events that were kept meanwhile.")
    private static final class Resume extends CommandForSink {
        Resume(Program program) {
            super(program);
        }

        @Override
        int run(String sink, Settings settings) {
            return change(sink, settings, false, SinkState::resume);
        }
    }
}
