package dev.turnpike.board;

import java.time.Instant;

/**
 * What became known of a command that a page has sent.
 *
 * @param commandId the page's own
 * @param word {@code accepted}, {@code rejected}, {@code deferred}; {@code unknown} where it may have taken effect or not
 * @param until when a deferred command is tried again
 */
record CommandReply(
        String commandId,
        String word,
        Instant at,
        String reason,
        String detail,
        String taskId,
        String url,
        Instant until) {

    static CommandReply of(BoardRecord record) {
        String word = "unknown".equals(record.text("outcome"))
                ? "unknown"
                : record.kind().substring("command.".length());
        return new CommandReply(
                record.text("command_id"),
                word,
                record.time(),
                record.text("reason"),
                record.text("detail"),
                record.text("task_id"),
                record.text("url"),
                record.instant("until"));
    }
}
