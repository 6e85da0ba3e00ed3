package dev.turnpike.sandbox;

import dev.turnpike.sandbox.api.SandboxEndpoint;
import dev.turnpike.sandbox.faults.Fault;

/**
 * Called while requests are answered, in the thread that answers: until it returns, the answer waits. For tests that
 * have to act at a certain moment of a request, or want to know what was sent.
 */
public interface RequestObserver {

    /**
     * A request is there, and nothing has come of it yet.
     *
     * @param body as it was sent, empty when there is none
     */
    default void arrived(SandboxEndpoint endpoint, String body) {}

    /**
     * It has had what effect it was to have; nothing of the reply is out yet.
     *
     * @param fault the fault that is served, null when the reply is as it should be
     */
    default void answered(SandboxEndpoint endpoint, String body, Fault fault) {}
}
