package dev.turnpike.commandline;

import java.util.Map;
import java.util.Set;

/**
 * How the stand-in behaves.
 *
 * @param port on loopback, 0 for any free one
 * @param pace how busy it is: {@code quiet}, {@code demo} or {@code busy}
 * @param seed the same seed gives the same story
 * @param sources where new tasks live: {@code tasks}, {@code threads} or both
 * @param variants in what its threads differ from the known samples
 * @param faults how often it misbehaves, from 0 to 1, by kind of fault
 */
record SandboxOptions(
        int port, String pace, long seed, Map<String, Double> faults, Set<String> sources, Set<String> variants) {
    SandboxOptions {
        faults = Map.copyOf(faults);
        sources = Set.copyOf(sources);
        variants = Set.copyOf(variants);
    }
}
