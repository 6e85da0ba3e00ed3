package dev.turnpike.commandline;

import dev.turnpike.commandline.output.CheckTable;
import dev.turnpike.commandline.output.DisplayText;
import dev.turnpike.commandline.program.ExitCode;
import dev.turnpike.commandline.program.ProgramCommand;
import dev.turnpike.doctor.AccountProbe;
import dev.turnpike.doctor.Check;
import dev.turnpike.doctor.DoctorChecks;
import dev.turnpike.doctor.ThreadsReport;
import dev.turnpike.doctor.TokenHosts;
import dev.turnpike.json.Json;
import dev.turnpike.runtime.TurnpikeVersion;
import dev.turnpike.settings.Settings;
import dev.turnpike.settings.SettingsException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Checks the setup and prints what is wrong and how to fix it. */
@Command(
        name = "doctor",
        description =
                "Check settings, network, data folder, ports, credentials, the Codex API, Kafka and sinks (sends a"
                        + " signed ping to each webhook). Exits with 0 when all is well and the API has answered for every account, 1 when not,"
                        + " 64 when the settings cannot be used.")
final class DoctorCommand extends ProgramCommand {
    @Option(names = "--json", description = "Print the findings as one line of JSON.")
    private boolean json;

    @Option(
            names = "--refresh",
            description =
                    "Refresh a token that has expired or is refused, as run would. Without this option, no refresh token"
                            + " is redeemed.")
    private boolean refresh;

    @Option(
            names = "--settings",
            description = "Print every setting with its value and origin, secrets as stars; check nothing.")
    private boolean shown;

    @Option(
            names = "--threads",
            description =
                    "Read one thread of the new Codex cloud with each account and print the form of the replies, in lines"
                            + " without a token, an id or a text, to be posted as they are; check nothing else.")
    private boolean threads;

    @Override
    public Integer call() {
        if (threads && json) {
            throw wrong("--threads prints lines to be posted, and takes no --json");
        }
        Settings settings;
        try {
            settings = load();
        } catch (SettingsException e) {
            print(e.lines().stream()
                    .map(line -> Check.failed("settings", line, ""))
                    .toList());
            return ExitCode.USAGE;
        }
        if (shown) {
            print(settings);
            return ExitCode.OK;
        }
        if (threads) {
            return threads(settings);
        }
        List<Check> checks = new DoctorChecks(program.accounts(), program.clock(), refresh).of(settings);
        print(checks);
        return checks.stream().anyMatch(Check::isFailed) ? ExitCode.FAILED : ExitCode.OK;
    }

    private void print(Settings settings) {
        if (json) {
            out.println(Json.text(Map.of("settings", settings.shown())));
            return;
        }
        for (Settings.Shown shown : settings.shown()) {
            String line = shown.name() + " = " + DisplayText.plain(shown.value());
            out.println(line.stripTrailing() + " (" + DisplayText.plain(shown.origin()) + ")");
        }
        settings.networkSummary().forEach(words -> out.println("network: " + words));
        settings.notices().forEach(notice -> out.println("! " + notice));
    }

    private int threads(Settings settings) {
        // the lines on standard output are posted, and a host may be a company's
        TokenHosts.warningsOfThreads(settings).forEach(warning -> err.println("! " + DisplayText.plain(warning)));
        out.println("Threads of the new Codex cloud (experimental), read by turnpike " + TurnpikeVersion.text() + " at "
                + program.clock().instant().truncatedTo(ChronoUnit.SECONDS));
        List<ThreadsReport> reports = new ArrayList<>();
        program.accounts().open(settings, false, accounts -> {
            for (AccountProbe account : accounts) {
                out.println("Account " + (reports.size() + 1) + " of " + accounts.size());
                ThreadsReport report = account.threads().get();
                report.lines().forEach(line -> out.println(DisplayText.plain(line)));
                reports.add(report);
            }
        });
        return reports.stream().allMatch(ThreadsReport::isGood) ? ExitCode.OK : ExitCode.FAILED;
    }

    private void print(List<Check> checks) {
        if (json) {
            out.println(CheckTable.json(checks));
        } else {
            new CheckTable(program.screen()).lines(checks).forEach(out::println);
        }
    }
}
