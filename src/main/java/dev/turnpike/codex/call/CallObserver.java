package dev.turnpike.codex.call;

import java.time.Duration;

/** Called after each HTTP request to Codex: the hook for metrics. Every value but the duration is bounded. */
@FunctionalInterface
public interface CallObserver {

    /**
     * One request is over.
     *
     * @param endpoint template of the path, such as {@code tasks/list} or {@code tasks/*}; never an id
     * @param outcome {@code ok}, {@code unauthorized}, or a word of {@link dev.turnpike.codex.UpstreamException.Kind}
     * @param duration from the token being at hand to the reply being whole
     */
    void observed(String endpoint, String outcome, Duration duration);
}
