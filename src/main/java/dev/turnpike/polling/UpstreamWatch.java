package dev.turnpike.polling;

import dev.turnpike.codex.UpstreamException;

/** Receives the outcome of every poll of an account, so that a lasting outage can be reported. */
@FunctionalInterface
public interface UpstreamWatch {

    /** For whoever does not watch. */
    UpstreamWatch NONE = (account, kind, failure) -> {};

    /** A poll ended: with this failure, or well when it is null. */
    void outcome(WatchedAccount account, PollKind kind, UpstreamException failure);
}
