package dev.turnpike.sandbox;

import dev.turnpike.sandbox.api.ThreadVariant;
import dev.turnpike.sandbox.world.Pace;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/** Settings of a stand-in, with defaults for scripted tests. */
public final class SandboxBuilder {
    int port;
    long seed = 1;
    int accounts = 1;
    int history;
    int mostTasks = Integer.MAX_VALUE;
    Set<String> sources = Set.of("tasks");
    Set<ThreadVariant> threadVariants = EnumSet.noneOf(ThreadVariant.class);
    Clock clock = Clock.systemUTC();
    Pace pace = Pace.quiet();
    boolean waiting;
    Duration accessTokenLifetime = Duration.ofHours(1);
    Duration retryAfter = Duration.ofSeconds(1);
    Duration drip = Duration.ofMillis(100);

    SandboxBuilder() {}

    /** Port on loopback; 0 takes a free one. */
    public SandboxBuilder port(int number) {
        port = number;
        return this;
    }

    /**
     * Everything random follows from it, ids as well: worlds of one seed use the same task ids, so a runtime that
     * keeps its state should not meet the same seed twice.
     */
    public SandboxBuilder seed(long number) {
        seed = number;
        return this;
    }

    /** How many accounts there are; their short names are a1, a2 and so on. */
    public SandboxBuilder accounts(int count) {
        accounts = count;
        return this;
    }

    /** How many tasks of the past days each account has; the last one is still running. */
    public SandboxBuilder history(int count) {
        history = count;
        return this;
    }

    /**
     * About how many tasks each account keeps, all by default: of more, the oldest that have ended are dropped, from the
     * ledger too.
     */
    public SandboxBuilder mostTasks(int count) {
        mostTasks = count;
        return this;
    }

    /** Where new tasks live: {@code tasks}, {@code threads}, or both alternately. */
    public SandboxBuilder sources(Set<String> where) {
        if (where.isEmpty() || !Set.of("tasks", "threads").containsAll(where)) {
            throw new IllegalArgumentException("sources: " + where + " must be tasks, threads or both");
        }
        sources = Set.copyOf(where);
        return this;
    }

    /** Differences from the samples of threads. */
    public SandboxBuilder threadVariants(Set<ThreadVariant> variants) {
        threadVariants = Set.copyOf(variants);
        return this;
    }

    public SandboxBuilder clock(Clock time) {
        clock = time;
        return this;
    }

    public SandboxBuilder pace(Pace how) {
        pace = how;
        return this;
    }

    /** Starts the pace only when tasks are first listed, so that a client that connects later misses nothing. */
    public SandboxBuilder startWhenListed() {
        waiting = true;
        return this;
    }

    public SandboxBuilder accessTokenLifetime(Duration lifetime) {
        accessTokenLifetime = lifetime;
        return this;
    }

    /** The pause between two bytes of a dripping reply. */
    public SandboxBuilder drip(Duration pause) {
        drip = pause;
        return this;
    }

    /** What the Retry-After header of a 429 says, in whole seconds. */
    public SandboxBuilder retryAfter(Duration wait) {
        retryAfter = wait;
        return this;
    }

    /**
     * Binds the port and starts the world; no account is signed in yet.
     *
     * @throws IOException when the port is taken
     */
    public SandboxBackend start() throws IOException {
        return new SandboxBackend(this);
    }
}
