package dev.turnpike.commandline;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.commands.CommandAccount;
import dev.turnpike.commands.CommandRejectedException;
import dev.turnpike.doctor.LiveAccounts;
import dev.turnpike.runtime.CodexConnection;
import dev.turnpike.runtime.TurnpikeRuntime;
import dev.turnpike.settings.Settings;
import dev.turnpike.usage.UsageReader;
import dev.turnpike.usage.UsageReply;
import java.io.PrintStream;
import java.time.Clock;

/** Puts the real parts behind the commands: the one place that names them. */
final class Wiring {
    private Wiring() {}

    static Program program(PrintStream out, PrintStream err) {
        Clock clock = Clock.systemUTC();
        return new Program(
                TurnpikeRuntime::start, StandIn::start, LiveAccounts.with(clock), clock, System.getenv(), out, err);
    }

    /** One call for the usage of the configured account. */
    static UsageReply usage(Settings settings, Clock clock) {
        try (CodexConnection connection = CodexConnection.open(settings, clock)) {
            CommandAccount account = connection.accounts().named(null);
            CodexRequest request = CodexRequest.get(account.credentials(), account.id(), "usage");
            return new UsageReader(unknown -> {})
                    .read(connection.calls().call(request).json(), clock.instant());
        } catch (CommandRejectedException e) {
            throw new CommandFailedException(ExitCode.UNAVAILABLE, e.getMessage());
        }
    }
}
