package dev.turnpike.commands;

import java.time.Duration;

/** The outcome of executing a command once. */
sealed interface Outcome {

    /**
     * A task or a turn came of it.
     *
     * @param turnId null when upstream did not name it
     * @param found whether it was found by searching, since the reply to the attempt never came
     */
    record Accepted(String taskId, String turnId, boolean found) implements Outcome {
        /** What may have come of an attempt whose reply was lost. */
        static Accepted found(String taskId, String turnId) {
            return new Accepted(taskId, turnId, true);
        }
    }

    /** It will not be carried out, or nobody can tell. */
    record Rejected(CommandRejectedException why) implements Outcome {}

    /** It waits, durably. */
    record Deferred(CommandDeferredException why) implements Outcome {}

    /**
     * Something failed that may work in a moment.
     *
     * @param least to wait, zero when nobody asked for more
     */
    record Again(String problem, Duration least) implements Outcome {}
}
