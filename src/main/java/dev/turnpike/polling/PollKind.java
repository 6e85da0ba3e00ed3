package dev.turnpike.polling;

import java.util.Locale;

/** What is polled of an account; each kind has its own schedule. */
public enum PollKind {
    TASKS,
    THREADS,
    USAGE;

    /** The name in route files and metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
