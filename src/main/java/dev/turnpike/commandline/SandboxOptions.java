package dev.turnpike.commandline;

import java.util.Map;

/**
 * How the stand-in behaves.
 *
 * @param port on loopback, 0 for any free one
 * @param pace how busy it is: {@code quiet}, {@code demo} or {@code busy}
 * @param seed the same seed gives the same story
 * @param faults how often it misbehaves, from 0 to 1, by kind of fault
 */
record SandboxOptions(int port, String pace, long seed, Map<String, Double> faults) {
    SandboxOptions {
        faults = Map.copyOf(faults);
    }
}
