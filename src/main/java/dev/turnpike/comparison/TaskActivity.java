package dev.turnpike.comparison;

/** What is to be expected of a known task. */
public enum TaskActivity {
    /** Nothing is to be expected of it but a new turn. */
    IDLE,
    /** A turn of it runs, as far as is known. */
    OPEN,
    /** An ended turn waits for its details, or the turns themselves are still to be read. */
    INCOMPLETE;

    /** What is to be expected of a task. */
    public static TaskActivity of(TaskKnown task) {
        if (task.turnsDue()) {
            return INCOMPLETE;
        }
        TaskActivity most = IDLE;
        for (TaskKnown.TurnKnown turn : task.turns().values()) {
            if (!turn.waiting().isEmpty()) {
                return INCOMPLETE;
            }
            if (turn.open()) {
                most = OPEN;
            }
        }
        return most;
    }
}
