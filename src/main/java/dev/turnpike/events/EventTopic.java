package dev.turnpike.events;

import java.util.Locale;

/** The public topics events go to, named without the configured prefix. */
public enum EventTopic {
    TURNS,
    TASKS,
    USAGE,
    ALERTS;

    /** The topic's name: {@code codex.} + {@code turns}. */
    public String topic(String prefix) {
        return prefix + name().toLowerCase(Locale.ROOT);
    }
}
