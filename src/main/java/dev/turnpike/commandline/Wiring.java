package dev.turnpike.commandline;

import dev.turnpike.runtime.Turnpike;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;

/** Puts the real parts behind the commands: the one place that names them. */
final class Wiring {
    private Wiring() {}

    static Program program(PrintStream out, PrintStream err) {
        return new Program(
                Turnpike::start, StandIn::start, settings -> List.of(), Clock.systemUTC(), System.getenv(), out, err);
    }
}
