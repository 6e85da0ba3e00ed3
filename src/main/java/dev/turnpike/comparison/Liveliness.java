package dev.turnpike.comparison;

/** What is to be expected of a known task. */
public enum Liveliness {
    /** Nothing is to be expected of it but a new turn. */
    AT_REST,
    /** A turn of it runs, as far as is known. */
    OPEN,
    /** An ended turn waits for its details, or the turns themselves are still to be read. */
    UNFINISHED;

    /** What is to be expected of a task. */
    public static Liveliness of(TaskKnown task) {
        if (task.turnsDue()) {
            return UNFINISHED;
        }
        Liveliness most = AT_REST;
        for (TaskKnown.TurnKnown turn : task.turns().values()) {
            if (!turn.waiting().isEmpty()) {
                return UNFINISHED;
            }
            if (turn.open()) {
                most = OPEN;
            }
        }
        return most;
    }
}
