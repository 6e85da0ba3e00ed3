package dev.turnpike.commands;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** The attempt to send a command's request: whether it may have had an effect, and how to find that effect. */
final class Attempt {
    private enum Standing {
        /** Nothing was sent, or upstream has certainly not executed it. */
        NONE,
        /** The request may be in progress, or its reply leaves the effect open. */
        UNDER_WAY,
        /** It was sent, with unknown effect. */
        DOUBTFUL
    }

    private final String id = UUID.randomUUID().toString();
    private final Set<String> ruledOut = new HashSet<>();
    private Standing standing = Standing.NONE;
    private Instant window;
    private Instant at;

    /** Names it in the log. */
    String id() {
        return id;
    }

    /**
     * The request is about to be sent.
     *
     * @param from nothing older than this, by upstream's clock, can be its effect
     * @param now by our clock
     */
    void begin(Instant from, Instant now) {
        standing = Standing.UNDER_WAY;
        window = from;
        at = now;
    }

    /** Upstream has certainly not executed it; an attempt in doubt stays in doubt. */
    void refused() {
        if (standing == Standing.UNDER_WAY) {
            standing = Standing.NONE;
        }
    }

    /** From now on it is only looked up, never sent again. */
    void doubted() {
        standing = Standing.DOUBTFUL;
    }

    boolean isUnderWay() {
        return standing == Standing.UNDER_WAY;
    }

    boolean isDoubtful() {
        return standing == Standing.DOUBTFUL;
    }

    /** The begin of the time, by upstream's clock, in which it can have had an effect. */
    Instant window() {
        return window;
    }

    /** When it began, by our clock. */
    Instant at() {
        return at;
    }

    /** Tasks known not to be its effect. */
    Set<String> ruledOut() {
        return ruledOut;
    }
}
