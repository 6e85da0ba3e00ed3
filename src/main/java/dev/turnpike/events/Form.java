package dev.turnpike.events;

import java.util.Locale;

/** How much of an event goes out, from all of it to the least; a smaller form is for what Kafka does not take. */
public enum Form {
    /** With everything that may be published. */
    WHOLE,
    /** Without any long text. */
    METADATA,
    /** Little more than what the schema of its type requires. */
    BARE;

    /** The word in metrics and log lines. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
