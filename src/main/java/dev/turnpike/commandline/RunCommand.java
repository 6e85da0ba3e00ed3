package dev.turnpike.commandline;

import dev.turnpike.commandline.program.CommandFailedException;
import dev.turnpike.commandline.program.ExitCode;
import dev.turnpike.commandline.program.ProgramCommand;
import dev.turnpike.commandline.program.StopSignal;
import dev.turnpike.doctor.Check;
import dev.turnpike.doctor.DataFolder;
import dev.turnpike.doctor.Ports;
import dev.turnpike.doctor.TokenHosts;
import dev.turnpike.runtime.RunningTurnpike;
import dev.turnpike.settings.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.logging.log4j.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;

/** Runs Turnpike on the configured accounts until it is stopped. */
@Command(name = "run", description = "Watch the configured Codex accounts and publish every turn that ends.")
final class RunCommand extends ProgramCommand {
    @Override
    public Integer call() throws InterruptedException {
        Settings settings = options.load(program.environment(), Level.INFO);
        Stream.of(settings.notices(), TokenHosts.warnings(settings))
                .flatMap(List::stream)
                .forEach(warning -> log().warn("Setting warning: {}", warning));
        signIns(settings);
        ready(settings, Ports.ofRun(settings));
        log().info("Starting accounts={} settings={}", accounts(settings), settings.forLog());
        try (StopSignal stop = new StopSignal();
                RunningTurnpike running = program.start(settings, stop)) {
            log().info(
                            "Running topics={}* health=http://{}:{}/observe/health boardPort={}",
                            settings.text("topics.prefix"),
                            settings.text("bind"),
                            running.managementPort(),
                            running.boardPort());
            stop.await();
            log().info("Stopping");
        }
        return ExitCode.OK;
    }

    /** Refuses to start where the data folder, if it is needed, or a port is unavailable. */
    static void ready(Settings settings, List<String> ports) {
        List<Check> checks = new ArrayList<>();
        if (!settings.isSet("kafka.brokers")) {
            checks.add(DataFolder.check(settings));
        }
        checks.addAll(Ports.check(settings, ports));
        for (Check check : checks) {
            if (check.isFailed()) {
                throw CommandFailedException.unavailable(check.sentence());
            }
        }
    }

    private static void signIns(Settings settings) {
        if (settings.isSet("codex.access-token")) {
            return;
        }
        List<Path> files = settings.paths("codex.auth-files");
        List<Path> missing = files.stream().filter(Files::notExists).toList();
        if (missing.size() == files.size()) {
            throw CommandFailedException.unavailable(
                    "no Codex sign-in: looked for " + named(missing) + " (" + settings.origin("codex.auth-files")
                            + ") and CODEX_ACCESS_TOKEN; sign in with codex login, or try ./turnpike sandbox, which"
                            + " needs none");
        }
        missing.forEach(
                file -> log().warn("Sign-in file missing, its account is polled once the file appears file={}", file));
    }

    /** No constant: Log4j starts while the settings are read. */
    private static Logger log() {
        return LoggerFactory.getLogger(RunCommand.class);
    }

    private static String accounts(Settings settings) {
        return settings.isSet("codex.access-token")
                ? "codex.access-token (" + settings.origin("codex.access-token") + ")"
                : named(settings.paths("codex.auth-files"));
    }

    private static String named(List<Path> files) {
        return files.stream().map(Path::toString).collect(Collectors.joining(", "));
    }
}
