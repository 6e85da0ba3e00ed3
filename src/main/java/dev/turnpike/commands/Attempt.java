package dev.turnpike.commands;

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** The attempt at a command: whether its request may have had an effect, and what identifies that. */
final class Attempt {
    private enum Standing {
        /** Nothing was sent, or upstream has certainly not carried it out. */
        NONE,
        /** The request may be under way, or got a reply that leaves its effect open. */
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

    /** Upstream has certainly not carried it out; what was in doubt before stays in doubt. */
    void refused() {
        if (standing == Standing.UNDER_WAY) {
            standing = Standing.NONE;
        }
    }

    /** It is looked up from now on, and never sent again. */
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

    /** Tasks that it has not started. */
    Set<String> ruledOut() {
        return ruledOut;
    }
}
