package dev.turnpike.commandline.program;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** A stand-in for the Codex backend that answers. */
public interface RunningSandbox extends AutoCloseable {

    /** For {@code codex.base-url}. */
    URI baseUri();

    /** For {@code codex.token-url}. */
    URI tokenUri();

    /** For {@code codex.threads-url}. */
    URI threadsUri();

    /** Writes an {@code auth.json} that the stand-in accepts. */
    void writeCodexHome(Path folder) throws IOException;

    @Override
    void close();

    @FunctionalInterface
    interface Starter {
        /**
         * Returns when it answers.
         *
         * @throws IOException when it cannot listen
         * @throws IllegalArgumentException for an unknown pace or fault, with the known ones in the message
         */
        RunningSandbox start(Options options) throws IOException;
    }

    /**
     * How it behaves.
     *
     * @param port on loopback, 0 for any free one
     * @param pace how busy it is: {@code quiet}, {@code demo} or {@code busy}
     * @param seed the same seed gives the same story
     * @param faults how often it misbehaves, from 0 to 1, by kind of fault
     * @param sources where new tasks live: {@code tasks}, {@code threads} or both
     * @param variants in what its threads differ from the known samples
     */
    record Options(
            int port, String pace, long seed, Map<String, Double> faults, Set<String> sources, Set<String> variants) {
        public Options {
            faults = Map.copyOf(faults);
            sources = Set.copyOf(sources);
            variants = Set.copyOf(variants);
        }
    }
}
