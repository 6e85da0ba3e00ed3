package dev.turnpike.comparison;

import com.fasterxml.jackson.databind.JsonNode;

/** What a task's record says at a glance, without decoding all of it: there may be very many. */
public enum Liveliness {
    /** Nothing is to be expected of it but a new turn. */
    AT_REST,
    /** A turn of it runs, as far as is known. */
    OPEN,
    /** An ended turn waits for its details, or the turns themselves are still to be read. */
    UNFINISHED;

    /** The liveliness of the task behind a record of {@link TaskKnown}. */
    public static Liveliness of(JsonNode record) {
        if (record.path("turnsDue").asBoolean()) {
            return UNFINISHED;
        }
        Liveliness most = AT_REST;
        for (JsonNode turn : record.path("turns")) {
            if (!turn.path("waiting").isEmpty()) {
                return UNFINISHED;
            }
            if (turn.path("open").asBoolean()) {
                most = OPEN;
            }
        }
        return most;
    }
}
