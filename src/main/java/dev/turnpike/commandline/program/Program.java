package dev.turnpike.commandline.program;

import dev.turnpike.commandline.output.Screen;
import dev.turnpike.commandline.output.TerminalOutput;
import dev.turnpike.doctor.AccountProbe;
import dev.turnpike.doctor.AccountProbes;
import dev.turnpike.kafka.Topics.TopicsException;
import dev.turnpike.runtime.RunningTurnpike;
import dev.turnpike.runtime.TurnpikeRuntime;
import dev.turnpike.settings.Settings;
import java.io.PrintStream;
import java.net.BindException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * Environment and output streams of the commands.
 *
 * @param environment {@link System#getenv()}
 * @param out results: events, findings
 * @param err everything else: errors, progress, the log
 */
public record Program(
        RunningTurnpike.Starter runtime,
        AccountProbe.Source accounts,
        Clock clock,
        Map<String, String> environment,
        PrintStream out,
        PrintStream err) {
    /** Printed text may come from upstream and is not trusted. */
    public Program {
        out = new TerminalOutput(out, Screen.of(environment).colour());
        err = new TerminalOutput(err, false);
    }

    public static Program of(Map<String, String> environment, PrintStream out, PrintStream err) {
        Clock clock = Clock.systemUTC();
        return new Program(TurnpikeRuntime::start, AccountProbes.with(clock), clock, environment, out, err);
    }

    /** For untrusted text in full: without control sequences at a terminal, verbatim for programs. */
    public PrintStream foreign() {
        return screen().isTerminal() ? new TerminalOutput(verbatim(), false) : verbatim();
    }

    /** Stdout that lets control sequences pass. */
    public PrintStream verbatim() {
        return ((TerminalOutput) out).verbatim();
    }

    /** Whether stdout is a terminal that moves its cursor. */
    public boolean movesCursor() {
        return screen().isTerminal()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb");
    }

    public Screen screen() {
        return Screen.of(environment);
    }

    /**
     * Starts the runtime; returns when the routes run.
     *
     * @param stop while the process ends, libraries refuse to be initialised, which is no failure of the start
     * @throws CommandFailedException when they do not, with the reason
     */
    public RunningTurnpike start(Settings settings, StopSignal stop) {
        try {
            return runtime.start(settings, clock);
        } catch (Exception | LinkageError e) {
            if (stop.isRequested()) {
                throw CommandFailedException.failed("stopped before it had started");
            }
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            LoggerFactory.getLogger(Program.class).debug("Start failed", e);
            Throwable reason = reason(e);
            int code = reason instanceof BindException || reason instanceof TopicsException
                    ? ExitCode.UNAVAILABLE
                    : ExitCode.FAILED;
            String more = List.of("debug", "trace").contains(settings.text("log.level"))
                    ? ""
                    : " (-Dlog.level=debug shows more)";
            throw new CommandFailedException(code, "cannot start: " + CommandFailedException.line(reason) + more);
        }
    }

    /**
     * The innermost message, or the one that names the setting: its cause is a message of Kafka's clients, which do not
     * know the setting.
     */
    private static Throwable reason(Throwable failure) {
        Throwable reason = failure;
        while (reason.getCause() != null && !(reason instanceof TopicsException)) {
            reason = reason.getCause();
        }
        return reason;
    }
}
