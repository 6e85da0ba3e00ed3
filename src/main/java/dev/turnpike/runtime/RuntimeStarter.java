package dev.turnpike.runtime;

import dev.turnpike.settings.Settings;
import java.time.Clock;

/** Starts the runtime; what the commands know of it. */
@FunctionalInterface
public interface RuntimeStarter {

    /**
     * Returns when the routes run.
     *
     * @throws Exception when something that it needs is unavailable, with a message for the person at the terminal
     */
    RunningTurnpike start(Settings settings, Clock clock) throws Exception;
}
