package dev.turnpike.comparison;

import com.fasterxml.jackson.databind.JsonNode;

/** What a task's record says at a glance, without decoding all of it: there may be very many. */
public enum TaskActivity {
    /** Nothing is to be expected of it but a new turn. */
    IDLE,
    /** A turn of it runs, as far as is known. */
    OPEN,
    /** An ended turn waits for its details, or the turns themselves are still to be read. */
    INCOMPLETE;

    /** The activity of the task behind a record of {@link TaskKnown}. */
    public static TaskActivity of(JsonNode record) {
        if (record.path("turnsDue").asBoolean()) {
            return INCOMPLETE;
        }
        TaskActivity most = IDLE;
        for (JsonNode turn : record.path("turns")) {
            if (!turn.path("waiting").isEmpty()) {
                return INCOMPLETE;
            }
            if (turn.path("open").asBoolean()) {
                most = OPEN;
            }
        }
        return most;
    }
}
