package dev.turnpike.commandline;

import java.util.Map;

/**
 * How the stand-in behaves.
 *
 * @param bind address it listens on
 * @param port 0 for any free one
 * @param pace 1 for the usual one, 2 for twice as many tasks in the same time
 * @param seed the same seed tells the same story
 * @param faults how often it misbehaves, from 0 to 1, by kind of fault
 */
record SandboxOptions(String bind, int port, double pace, long seed, Map<String, Double> faults) {
    SandboxOptions {
        faults = Map.copyOf(faults);
    }
}
