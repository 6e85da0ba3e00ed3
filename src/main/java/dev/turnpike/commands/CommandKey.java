package dev.turnpike.commands;

/**
 * Identity of a command, the same when it is sent again: CloudEvents' id and source.
 *
 * @param source empty where the command has none
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
