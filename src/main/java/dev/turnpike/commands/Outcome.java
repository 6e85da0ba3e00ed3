package dev.turnpike.commands;

import java.time.Duration;

/** The outcome of executing a command once: also that it is rejected or has to wait, which the steps of its route throw. */
sealed interface Outcome permits Outcome.Accepted, Outcome.Again, CommandRejectedException, CommandDeferredException {

    /**
     * It started a task or a turn.
     *
     * @param turnId null when upstream did not name it
     * @param found whether a lookup found it, since the reply to the attempt was lost
     */
    record Accepted(String taskId, String turnId, boolean found) implements Outcome {
        static Accepted found(String taskId, String turnId) {
            return new Accepted(taskId, turnId, true);
        }
    }

    /**
     * Something failed, and a retry may succeed.
     *
     * @param least the shortest wait, zero unless upstream asked for one
     */
    record Again(String problem, Duration least) implements Outcome {}
}
