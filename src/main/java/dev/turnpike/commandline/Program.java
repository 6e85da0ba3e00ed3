package dev.turnpike.commandline;

import dev.turnpike.doctor.Accounts;
import dev.turnpike.runtime.RuntimeStarter;
import java.io.PrintStream;
import java.time.Clock;
import java.util.Map;

/**
 * What the commands work with.
 *
 * @param environment {@link System#getenv()}
 * @param out what was asked for: events, findings
 * @param err everything else: problems, progress, the log
 */
record Program(
        RuntimeStarter runtime,
        SandboxStarter sandbox,
        Accounts accounts,
        Clock clock,
        Map<String, String> environment,
        PrintStream out,
        PrintStream err) {

    Screen screen() {
        return Screen.of(environment);
    }
}
