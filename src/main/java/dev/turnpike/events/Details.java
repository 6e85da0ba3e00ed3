package dev.turnpike.events;

import java.util.Locale;

/** Whether an event has what only the details of its task know: messages, diff, prompt, error. */
public enum Details {
    COMPLETE,
    /** They were asked for, several times, and did not come. */
    UNAVAILABLE,
    /** They were not asked for. */
    NONE;

    /** The word in the event. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
