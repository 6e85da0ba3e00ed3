package dev.turnpike.commandline;

import dev.turnpike.doctor.LiveAccounts;
import dev.turnpike.runtime.Turnpike;
import java.io.PrintStream;
import java.time.Clock;

/** Puts the real parts behind the commands: the one place that names them. */
final class Wiring {
    private Wiring() {}

    static Program program(PrintStream out, PrintStream err) {
        Clock clock = Clock.systemUTC();
        return new Program(Turnpike::start, StandIn::start, LiveAccounts.with(clock), clock, System.getenv(), out, err);
    }
}
