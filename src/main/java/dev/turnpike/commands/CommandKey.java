package dev.turnpike.commands;

/**
 * What makes a command the same command when it is sent again: its id, and who gave it, as CloudEvents has it.
 *
 * @param source empty where the command does not say
 * @param id as the sender chose it
 */
public record CommandKey(String source, String id) {
    static final String PREFIX = "command|";

    public CommandKey {
        source = source == null ? "" : source;
    }

    /** The key of its record in the log. */
    String logKey() {
        return PREFIX + source + "|" + id;
    }

    @Override
    public String toString() {
        return source.isEmpty() ? id : source + "#" + id;
    }
}
