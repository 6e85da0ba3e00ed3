package dev.turnpike.events;

import java.util.Locale;

/** Forms of an event, from complete to smallest; a smaller one is published where Kafka rejects a larger one. */
public enum Form {
    /** With everything that may be published. */
    WHOLE,
    /** Without any long text. */
    METADATA,
    /** Little more than the fields that the schema requires. */
    BARE;

    /** The name in metrics and log lines. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
