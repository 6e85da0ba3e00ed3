package dev.turnpike.commandline;

import java.io.IOException;

/** Starts the stand-in for the Codex backend; what the command knows of it. */
@FunctionalInterface
interface SandboxStarter {

    /**
     * Returns when it answers.
     *
     * @throws IOException when it cannot listen
     * @throws IllegalArgumentException for an unknown pace or fault, with the known ones in the message
     */
    RunningSandbox start(SandboxOptions options) throws IOException;
}
