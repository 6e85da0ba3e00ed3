package dev.turnpike.commands;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.turnpike.json.Json;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * State of one command in the log.
 *
 * @param v format version of the record
 * @param command null once it is finished; while it is attempted the data to look up its effect
 * @param receivedAt when it was first executed
 * @param account the account's id, null while that is not known
 * @param turnId the turn that is followed up while that is attempted; of a finished follow-up the turn it started
 * @param attempt names the attempt that is under way, null while there is none
 * @param window no older task, by upstream's clock, can be the attempt's
 * @param attemptedAt when the attempt began
 * @param until when a deferred command is executed again
 * @param reason why it is deferred, or was rejected
 * @param taskId the task it started, null while there is none
 * @param finishedAt when it got its final reply
 */
public record CommandState(
        int v,
        TaskCommand.Key key,
        Stage stage,
        TaskCommand command,
        Instant receivedAt,
        String account,
        String turnId,
        String attempt,
        Instant window,
        Instant attemptedAt,
        Instant until,
        String reason,
        String taskId,
        Instant finishedAt) {
    static final int VERSION = 1;

    private static final Logger log = LoggerFactory.getLogger(CommandState.class);
    private static final ObjectMapper JSON = Json.records().build();

    public enum Stage {
        /** Waits until a time; nothing was sent. */
        DEFERRED,
        /** Is about to be sent, or was sent: it is never sent again. */
        ATTEMPTING,
        ACCEPTED,
        REJECTED
    }

    static CommandState attempting(CommandRun run, Instant window, Instant attemptedAt) {
        return new CommandState(
                VERSION,
                run.key(),
                Stage.ATTEMPTING,
                run.command().trace(run.prompt),
                run.receivedAt,
                run.accountId(),
                run.turnId,
                run.attemptId(),
                window,
                attemptedAt,
                null,
                null,
                null,
                null);
    }

    static CommandState deferred(CommandRun run, Instant until, String reason) {
        return new CommandState(
                VERSION,
                run.key(),
                Stage.DEFERRED,
                run.command(),
                run.receivedAt,
                run.accountId(),
                null,
                null,
                null,
                null,
                until,
                reason,
                null,
                null);
    }

    static CommandState finished(
            TaskCommand.Key key,
            Stage stage,
            Instant receivedAt,
            String account,
            String reason,
            String taskId,
            String turnId,
            Instant at) {
        return new CommandState(
                VERSION, key, stage, null, receivedAt, account, turnId, null, null, null, null, reason, taskId, at);
    }

    JsonNode write() {
        return JSON.valueToTree(this);
    }

    /**
     * Reads a record of the log. One of a newer version is rejected: misread, it could start a task twice.
     *
     * @throws IllegalStateException when it cannot be read
     */
    static CommandState read(JsonNode record) {
        int written = record.path("v").asInt();
        if (written != VERSION) {
            throw new IllegalStateException("The command log holds a command of format " + written
                    + ", this program knows format " + VERSION + ": run the version that wrote it, or a newer one");
        }
        try {
            return JSON.treeToValue(record, CommandState.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(
                    "The command log holds a command that cannot be read: " + e.getOriginalMessage(), e);
        }
    }

    /** As {@link #read}, but what cannot be read counts as finished: a command known by its key is never sent again. */
    static CommandState readOrUnreadable(TaskCommand.Key key, JsonNode record) {
        try {
            return read(record);
        } catch (IllegalStateException e) {
            log.error("Ignored unreadable command in log command={} reason={}", key, e.getMessage());
            return finished(key, Stage.REJECTED, Instant.EPOCH, null, "unreadable", null, null, Instant.EPOCH);
        }
    }

    Instant due(Instant now) {
        return stage == Stage.ATTEMPTING ? now : until;
    }

    /** The task, or of a follow-up the turn, that it started; null where there is none. */
    String started() {
        return taskId != null && turnId != null ? turnId : taskId;
    }

    @JsonIgnore
    boolean isFinished() {
        return stage == Stage.ACCEPTED || stage == Stage.REJECTED;
    }
}
