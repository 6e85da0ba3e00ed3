package dev.turnpike.commands;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Locale;

/**
 * A command as its sender wrote it.
 *
 * @param kind of command
 * @param account the account's id, null for the only account
 * @param prompt never blank; null only where a command is cancelled
 * @param ask true for a question, false for a change
 * @param rejectIfWaiting whether to reject it where it would have to wait; in the log by its first name
 * @param maxUsedPercent maximum percentage used of each usage window, null for the limit itself
 * @param environment id, label or {@code owner/repo}; null for a follow-up
 * @param branch null for the environment's default branch, and for a follow-up
 * @param attempts 1 to 4
 * @param startingDiff a unified diff to begin with, null for none
 * @param taskId the task to follow up, null for a new one
 * @param notAfter it is not sent at or after this time, and waits until then; null where the sender does not say
 * @param cancels the command to take back; null but for that
 */
public record TaskCommand(
        Key key,
        Kind kind,
        String account,
        String prompt,
        boolean ask,
        @JsonProperty("impatient") boolean rejectIfWaiting,
        Integer maxUsedPercent,
        String environment,
        String branch,
        int attempts,
        String startingDiff,
        String taskId,
        Instant notAfter,
        Key cancels) {

    /** What is needed to look up its effect, with the prompt as it was sent. */
    TaskCommand trace(String sent) {
        return new TaskCommand(
                key,
                kind,
                account,
                sent,
                ask,
                rejectIfWaiting,
                null,
                environment,
                branch,
                attempts,
                null,
                taskId,
                null,
                null);
    }

    /**
     * Identity of a command, the same when it is sent again: CloudEvents' id and source.
     *
     * @param source empty where the command has none
     * @param id as the sender chose it
     */
    public record Key(String source, String id) {
        static final String PREFIX = "command|";

        public Key {
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

    public enum Kind {
        CREATE,
        FOLLOW_UP,
        CANCEL;

        /** The type without prefix and version. */
        public String label() {
            return "task." + name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @Override
    public String toString() {
        return kind.label() + " " + key;
    }
}
