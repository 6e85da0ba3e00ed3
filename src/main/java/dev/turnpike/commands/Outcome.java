package dev.turnpike.commands;

import java.time.Duration;

/** The outcome of executing a command once. */
sealed interface Outcome {

    /**
     * It started a task or a turn.
     *
     * @param turnId null when upstream did not name it
     * @param found whether a lookup found it, since the reply to the attempt was lost
     */
    record Accepted(String taskId, String turnId, boolean found) implements Outcome {
        /** Found by a lookup, after the reply to the attempt was lost. */
        static Accepted found(String taskId, String turnId) {
            return new Accepted(taskId, turnId, true);
        }
    }

    /** It will not be executed, or its outcome is unknown. */
    record Rejected(CommandRejectedException why) implements Outcome {}

    /** It waits, durably. */
    record Deferred(CommandDeferredException why) implements Outcome {}

    /**
     * Something failed, and a retry may succeed.
     *
     * @param least the shortest wait, zero unless upstream asked for one
     */
    record Again(String problem, Duration least) implements Outcome {}
}
