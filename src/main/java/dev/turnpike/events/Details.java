package dev.turnpike.events;

import java.util.Locale;

/** Whether an event has the fields that are read from the details of its task: messages, diff, prompt, error. */
public enum Details {
    COMPLETE,
    /** They were fetched several times, and every attempt failed. */
    UNAVAILABLE,
    /** They were not fetched. */
    NONE;

    /** The name in the event. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
