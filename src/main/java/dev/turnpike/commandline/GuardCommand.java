package dev.turnpike.commandline;

import dev.turnpike.codex.UpstreamException;
import dev.turnpike.commandline.program.CommandFailedException;
import dev.turnpike.commandline.program.ExitCode;
import dev.turnpike.commandline.program.ProgramCommand;
import dev.turnpike.commands.CommandAccount;
import dev.turnpike.commands.CommandRejectedException;
import dev.turnpike.credentials.AuthRequiredException;
import dev.turnpike.credentials.CredentialsUnavailableException;
import dev.turnpike.runtime.CodexConnection;
import dev.turnpike.settings.Settings;
import dev.turnpike.usage.QuotaRule;
import dev.turnpike.usage.UsageReader;
import dev.turnpike.usage.UsageReply;
import dev.turnpike.usage.UsageReply.Window;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Reports by its exit code whether enough of the account's usage is left to start a job. */
@Command(
        name = "guard",
        description =
                "Check whether usage is left. Exits with 0 while at most --max-used percent of each usage window is used,"
                        + " 1 when more is used or Codex refuses work, 69 when the usage is unknown.")
class GuardCommand extends ProgramCommand {
    @Option(names = "--max-used", required = true, paramLabel = "PERCENT", description = "From 0 to 100.")
    private int maxUsed;

    @Option(
            names = "--window",
            paramLabel = "WINDOW",
            description = "Check this window only: five_hour, weekly, monthly, spending, or its length such as 86400s."
                    + " Default: all windows.")
    private String window;

    @Option(names = "--json", description = "Print the verdict and the windows as one line of JSON.")
    private boolean json;

    @Override
    public Integer call() {
        checkRange("--max-used", maxUsed, 0, 100);
        if (window != null && !window.matches("five_hour|weekly|monthly|spending|\\d{1,9}s")) {
            throw wrong("--window is '" + window
                    + "', five_hour, weekly, monthly, spending or a length such as 86400s is expected");
        }
        Settings settings = load();
        UsageReply reply = usage(settings);
        QuotaRule.Result result = new QuotaRule(settings.flag("commands.use-credits")).judge(reply, maxUsed, window);
        if (result.verdict() != QuotaRule.Verdict.LIMIT_REACHED) {
            requireWindows(reply);
        }
        out.println(json ? result.json(maxUsed) : result.detail());
        return result.isAllowed() ? ExitCode.OK : ExitCode.FAILED;
    }

    private UsageReply usage(Settings settings) {
        try {
            return fetch(settings);
        } catch (UpstreamException | AuthRequiredException | CredentialsUnavailableException e) {
            throw CommandFailedException.unavailable("failed to fetch the usage: " + e.getMessage());
        }
    }

    /** Fetches the usage of the configured account. */
    UsageReply fetch(Settings settings) {
        try (CodexConnection connection = new CodexConnection(settings, program.clock())) {
            CommandAccount account = connection.accounts().named(null);
            return new UsageReader(unknown -> {})
                    .read(
                            connection.call(account.get("usage")).json(),
                            program.clock().instant());
        } catch (CommandRejectedException e) {
            throw CommandFailedException.unavailable(e.getMessage());
        }
    }

    private void requireWindows(UsageReply reply) {
        boolean saysNothing = reply.main().map(limit -> limit.blocked() == null).orElse(true)
                && (reply.spendControl() == null || reply.spendControl().reached() == null);
        List<Window> windows = QuotaRule.windows(reply, window);
        if (reply.windows().isEmpty() && reply.main().isEmpty() && saysNothing) {
            throw CommandFailedException.unavailable("Codex shows no usage limit for this account");
        }
        if (windows.isEmpty() && saysNothing) {
            throw CommandFailedException.unavailable("Codex shows no usage window for this account");
        }
        if (windows.isEmpty() && window != null) {
            String others = reply.windows().stream().map(Window::name).collect(Collectors.joining(", "));
            throw CommandFailedException.unavailable("Codex shows no " + window + " window for this account"
                    + (others.isEmpty() ? "" : "; it shows: " + others));
        }
    }
}
