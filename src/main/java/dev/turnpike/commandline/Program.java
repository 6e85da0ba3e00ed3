package dev.turnpike.commandline;

import dev.turnpike.doctor.AccountSource;
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
        AccountSource accounts,
        Clock clock,
        Map<String, String> environment,
        PrintStream out,
        PrintStream err) {

    /** Whatever is printed may hold texts of strangers. */
    Program {
        out = new TerminalOutput(out, Screen.of(environment).colour());
        err = new TerminalOutput(err, false);
    }

    /** For texts of strangers in full: without any sequences at a terminal, as they are for programs. */
    PrintStream foreign() {
        PrintStream verbatim = ((TerminalOutput) out).verbatim();
        return screen().isTerminal() ? new TerminalOutput(verbatim, false) : verbatim;
    }

    Screen screen() {
        return Screen.of(environment);
    }
}
