package dev.turnpike.commandline;

import dev.turnpike.commandline.output.LogSettings;
import dev.turnpike.commandline.output.Screen;
import dev.turnpike.commandline.output.TurnPrinter;
import dev.turnpike.commandline.program.CommandFailedException;
import dev.turnpike.commandline.program.ExitCode;
import dev.turnpike.commandline.program.ProgramCommand;
import dev.turnpike.commandline.program.StopSignal;
import dev.turnpike.doctor.Ports;
import dev.turnpike.retry.Pauses;
import dev.turnpike.runtime.RunningTurnpike;
import dev.turnpike.sandbox.SandboxBackend;
import dev.turnpike.settings.Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.logging.log4j.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the stand-in, a broker and the runtime in one process, and prints turns as they end. */
@Command(
        name = "sandbox",
        description = "Try it: a stand-in for Codex, a Kafka broker and the runtime, all on this machine."
                + " Needs no account, no network and no Docker.")
final class SandboxCommand extends ProgramCommand {
    private static final List<String> OWN = List.of(
            "codex.base-url",
            "codex.threads-url",
            "codex.sources",
            "codex.token-url",
            "codex.authapi-base-url",
            "codex.auth-files",
            "codex.access-token");
    private static final Duration ACTIVE = Duration.ofSeconds(1);
    private static final Duration IDLE = Duration.ofSeconds(2);
    private static final Duration USAGE = Duration.ofSeconds(10);

    @Mixin
    private SandboxOptions standIn;

    @Option(names = "--for", paramLabel = "DURATION", description = "Stop after this long, such as 30s or 5m.")
    private Duration length;

    @Option(
            names = "--route",
            paramLabel = "FILE",
            description = "Load this route file as well, to try a sink of your own. May be repeated.")
    private List<Path> routes = new ArrayList<>();

    @Option(names = "--json", description = "Print each event as one line of JSON, a CloudEvent.")
    private boolean json;

    @Option(names = "--keep", description = "Keep the data of the last sandbox instead of starting empty.")
    private boolean keep;

    @Override
    public Integer call() throws IOException, InterruptedException {
        checkOptions();
        Settings settings = options.loadForSandbox(program.environment());
        LogSettings.apply(settings, Level.WARN);
        List<String> ports = new ArrayList<>(Ports.ofRun(settings));
        ports.add("sandbox.port");
        RunCommand.ready(settings, ports);
        Instant begin = program.clock().instant();
        try (StopSignal stop = new StopSignal();
                SandboxFolder folder = SandboxFolder.open(settings.path("data.dir"), keep);
                SandboxBackend backend = standIn.start(settings.integer("sandbox.port"))) {
            PrintStream banner = json ? err : out;
            banner.println(program.screen().paint(Screen.Paint.STRONG, "Turnpike sandbox")
                    + ": a stand-in for Codex, Kafka and the runtime, starting ...");
            backend.writeCodexHome(folder.codexHome());
            Settings pointed = settings.with(overrides(settings, folder, standIn.settings(backend)));
            TurnPrinter printer =
                    new TurnPrinter(out, json ? null : program.screen(), ZoneId.systemDefault(), stop::request);
            try (RunningTurnpike running = program.start(pointed, stop)) {
                introduce(banner, pointed, running, folder.codexHome(), standIn.seed());
                try (TurnTail tail = new TurnTail(pointed, running.brokers(), begin, printer::print, stop::request)) {
                    if (length == null) {
                        stop.await();
                    } else {
                        stop.await(length);
                    }
                    if (tail.failure() != null) {
                        throw CommandFailedException.failed(
                                "the events cannot be shown: " + CommandFailedException.line(tail.failure()));
                    }
                }
                banner.println("Stopping ...");
            }
        }
        return ExitCode.OK;
    }

    private void checkOptions() {
        if (!routes.isEmpty() && options.given().containsKey("routes")) {
            throw CommandFailedException.usage("--route cannot be combined with -Droutes");
        }
        for (String own : OWN) {
            if (options.given().containsKey(own)) {
                throw CommandFailedException.usage(own + " (-D) cannot be set in the sandbox; use ./turnpike run");
            }
        }
    }

    private static void introduce(
            PrintStream out, Settings settings, RunningTurnpike running, Path codexHome, long story) {
        String board = running.boardPort() > 0 ? "  Board   http://localhost:" + running.boardPort() + "/\n" : "";
        out.printf(
                Locale.ROOT,
                """

                  Codex   %1$s
                  Kafka   %2$s, topics %3$s*
                %4$s  Health  http://%5$s:%6$d/observe/health

                To use the real Codex CLI (0.151) with the sandbox:
                  export CODEX_CLOUD_TASKS_BASE_URL=%1$s
                  export CODEX_HOME=%7$s

                Turns as they end (--seed %8$d repeats this story; Ctrl-C stops):
                """,
                settings.uri("codex.base-url"),
                running.brokers(),
                settings.text("topics.prefix"),
                board,
                settings.text("bind"),
                running.managementPort(),
                codexHome,
                story);
    }

    private Map<String, String> overrides(Settings settings, SandboxFolder folder, Map<String, String> upstream)
            throws IOException {
        Map<String, String> overrides = new LinkedHashMap<>(upstream);
        overrides.put(
                "codex.auth-files", folder.codexHome().resolve("auth.json").toString());
        overrides.put("data.dir", folder.path().toString());
        // commands cost nothing here, so they are accepted unless configured otherwise
        if (settings.isDefault("commands.enabled") && settings.isDefault("commands.environments")) {
            overrides.put("commands.enabled", "true");
            overrides.put("commands.environments", "*");
        }
        if (!options.given().containsKey("routes")) {
            SandboxFolder.copyRoutes(settings.path("routes"), routes, folder.routes());
            overrides.put("routes", folder.routes().toString());
        }
        // the default of a minute is too long to wait for the first event
        Duration active = quick(settings, "poll.tasks.active", ACTIVE, overrides);
        quick(settings, "poll.tasks.idle", Pauses.longer(active, IDLE), overrides);
        quick(settings, "poll.usage", USAGE, overrides);
        return overrides;
    }

    private static Duration quick(Settings settings, String name, Duration pause, Map<String, String> overrides) {
        if (!settings.isDefault(name)) {
            return settings.duration(name);
        }
        overrides.put(name, pause.toString());
        return pause;
    }
}
