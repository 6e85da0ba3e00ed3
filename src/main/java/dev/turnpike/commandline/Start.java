package dev.turnpike.commandline;

import dev.turnpike.runtime.RunningTurnpike;
import dev.turnpike.settings.Settings;
import java.net.BindException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the runtime, with one line for whoever waits at the terminal when it does not. */
final class Start {
    private static final Logger log = LoggerFactory.getLogger(Start.class);

    private Start() {}

    /**
     * Returns when the routes run.
     *
     * @throws CommandFailedException when they do not, with the innermost reason
     */
    static RunningTurnpike runtime(Program program, Settings settings) {
        try {
            return program.runtime().start(settings, program.clock());
        } catch (CommandFailedException e) {
            throw e;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            log.debug("Start failed", e);
            Throwable reason = innermost(e);
            int code = reason instanceof BindException ? ExitCode.UNAVAILABLE : ExitCode.FAILED;
            throw new CommandFailedException(code, "cannot start: " + reported(reason) + more(settings));
        }
    }

    /** Asks for the stop when the runtime ends by itself. */
    static void stopWithRuntime(RunningTurnpike running, StopSignal stop) {
        Thread watch = new Thread(
                () -> {
                    try {
                        running.awaitStop();
                        stop.ask();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "runtime-watch");
        watch.setDaemon(true);
        watch.start();
    }

    /** What a throwable says for itself, on one line. */
    static String reported(Throwable reason) {
        String message = reason.getMessage();
        return message == null
                ? reason.getClass().getSimpleName()
                : message.lines().findFirst().orElse("").strip();
    }

    private static Throwable innermost(Throwable failure) {
        Throwable reason = failure;
        while (reason.getCause() != null && reason.getCause() != reason) {
            reason = reason.getCause();
        }
        return reason;
    }

    private static String more(Settings settings) {
        return settings.text("log.level").equals("debug")
                        || settings.text("log.level").equals("trace")
                ? ""
                : " (-Dlog.level=debug shows more)";
    }
}
