package dev.turnpike.commands;

/** How often what was tried for a command, since it is in memory. */
final class Tries {
    private int failures;
    private int forbidden;
    private int deferrals;

    /** Counts a look that failed: how many there were in a row. */
    int failed() {
        return ++failures;
    }

    /** Counts a plain 403: how many there were. */
    int forbidden() {
        return ++forbidden;
    }

    /** Counts a deferral: how many there were before. */
    int deferred() {
        failures = 0;
        return deferrals++;
    }

    /** Something else is tried from now on. */
    void anew() {
        failures = 0;
    }
}
