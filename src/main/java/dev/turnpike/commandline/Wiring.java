package dev.turnpike.commandline;

import java.io.PrintStream;
import java.time.Clock;
import java.util.List;

/** Puts the real parts behind the commands: the one place that names them. */
final class Wiring {
    private Wiring() {}

    static Program program(PrintStream out, PrintStream err) {
        return new Program(
                (settings, clock) -> {
                    throw missing("the runtime");
                },
                StandIn::start,
                settings -> List.of(),
                Clock.systemUTC(),
                System.getenv(),
                out,
                err);
    }

    private static RefusedException missing(String part) {
        return new RefusedException(ExitCode.UNAVAILABLE, part + " is not part of this build");
    }
}
