package dev.turnpike.commands;

/** Told of each answer to a command, for metrics. */
@FunctionalInterface
public interface CommandMeters {
    /**
     * A command was answered.
     *
     * @param type {@code task.create}, {@code task.follow-up} or {@code none} for what is no command
     * @param outcome {@code accepted}, {@code rejected}, {@code unknown}, {@code deferred} or {@code malformed}
     */
    void answered(String type, String outcome);
}
