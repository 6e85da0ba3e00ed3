package dev.turnpike.commands;

import dev.turnpike.commands.CommandState.Stage;
import dev.turnpike.commands.TaskCommand.Kind;
import dev.turnpike.shard.RecordRefusedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the outcome of a command and the reply to its sender in one transaction.
 *
 * @param meters counts each reply, by the type of the command and its outcome
 */
record OutcomeWriter(CommandLog commandLog, CommandReplies replies, BiConsumer<String, String> meters) {
    private static final Logger log = LoggerFactory.getLogger(OutcomeWriter.class);

    /** A change of the known time by less is not reported again. */
    private static final Duration WORTH_REPORTING = Duration.ofMinutes(1);

    void accepted(CommandRun run, Outcome.Accepted accepted, Instant now) {
        CommandState state = CommandState.finished(
                run.key(),
                Stage.ACCEPTED,
                run.receivedAt,
                run.accountId(),
                null,
                accepted.taskId(),
                run.isFollowUp() ? accepted.turnId() : null,
                now);
        write(List.of(state), List.of(replies.accepted(run, accepted, now)), run.nextOffset);
        meters.accept(run.command().kind().label(), "accepted");
        log.info("Command accepted account={} command={} task={}", run.accountId(), run, accepted.taskId());
    }

    void rejected(CommandRun run, CommandRejectedException why, Instant now) {
        CommandState state = finished(run.key(), Stage.REJECTED, run.receivedAt, run.accountId(), why.reason(), now);
        ProducerRecord<String, byte[]> reply =
                replies.rejected(run.key(), run.command().kind(), run.accountId(), why, now);
        write(List.of(state), List.of(reply), run.nextOffset);
        meters.accept(run.command().kind().label(), why.isUnknown() ? "unknown" : "rejected");
        log.info(
                "Command rejected account={} command={} reason={} detail={}",
                run.accountId(),
                run,
                why.reason(),
                why.getMessage());
    }

    /** Defers the command, with a reply unless it would repeat the last one. */
    void deferred(CommandRun run, CommandDeferredException why, Instant until, Instant now) {
        CommandState before = commandLog.state(run.key()).orElse(null);
        boolean due = isReplyDue(why, until, before);
        CommandState state = CommandState.deferred(run, until, why.reason());
        write(List.of(state), due ? List.of(replies.deferred(run, why, until, now)) : List.of(), run.nextOffset);
        run.nextOffset = null;
        if (due) {
            meters.accept(run.command().kind().label(), "deferred");
            log.info(
                    "Command deferred account={} command={} reason={} until={}",
                    run.accountId(),
                    run,
                    why.reason(),
                    until);
        }
    }

    /**
     * Whether a reply is due: another reason, or a known time that has moved.
     *
     * @param before the command's state in the log, null where there is none
     */
    static boolean isReplyDue(CommandDeferredException why, Instant until, CommandState before) {
        if (before == null || !why.reason().equals(before.reason())) {
            return true;
        }
        return why.isTimeKnown() && !until.isBefore(before.until().plus(WORTH_REPORTING));
    }

    /** Cancels a deferred command: both commands get their final reply. */
    void cancelled(CommandRun cancel, CommandState target, Instant now) {
        CommandRejectedException why = new CommandRejectedException(
                "cancelled", "command " + cancel.key() + " cancelled it before anything was sent", null);
        String account = target.account();
        Kind kind = target.command().kind();
        write(
                List.of(
                        finished(cancel.key(), Stage.ACCEPTED, cancel.receivedAt, account, null, now),
                        finished(target.key(), Stage.REJECTED, target.receivedAt(), account, why.reason(), now)),
                List.of(
                        replies.cancelled(cancel.command(), account, now),
                        replies.rejected(target.key(), kind, account, why, now)),
                cancel.nextOffset);
        meters.accept(Kind.CANCEL.label(), "accepted");
        meters.accept(kind.label(), "rejected");
        log.info("Command cancelled account={} command={} by={}", account, target.key(), cancel.key());
    }

    /**
     * Dead-letters an invalid command, and replies to its sender.
     *
     * @param key null where it has no id, so that no reply can be sent
     */
    void malformed(
            ConsumerRecord<String, byte[]> message, TaskCommand.Key key, CommandRejectedException why, Instant now) {
        log.warn(
                "Invalid command, dead-lettered topic={} partition={} offset={} id={} reason={}",
                message.topic(),
                message.partition(),
                message.offset(),
                key,
                why.getMessage());
        ProducerRecord<String, byte[]> letter = replies.deadLetter(message, why.getMessage(), now);
        List<CommandState> states = List.of();
        List<ProducerRecord<String, byte[]>> records = List.of(letter);
        if (key != null && commandLog.state(key).isEmpty()) {
            records = List.of(letter, replies.rejected(key, null, null, why, now));
            states = List.of(finished(key, Stage.REJECTED, now, null, why.reason(), now));
        }
        write(states, records, message.offset() + 1);
        meters.accept("none", "malformed");
    }

    /** Commits state and offset even if the topics of the replies reject the record. */
    private void write(List<CommandState> states, List<ProducerRecord<String, byte[]>> records, Long nextOffset) {
        try {
            commandLog.write(states, records, nextOffset);
        } catch (RecordRefusedException e) {
            log.warn("Kafka rejected reply, sending a smaller one commands={} reason={}", keys(states), e.getMessage());
            writeSmallest(states, records, nextOffset);
        }
    }

    private void writeSmallest(
            List<CommandState> states, List<ProducerRecord<String, byte[]>> records, Long nextOffset) {
        try {
            commandLog.write(states, records.stream().map(replies::smallest).toList(), nextOffset);
        } catch (RecordRefusedException e) {
            log.error("Kafka rejected even the smallest reply, no reply was sent commands={}", keys(states), e);
            commandLog.write(states, List.of(), nextOffset);
        }
    }

    private static List<TaskCommand.Key> keys(List<CommandState> states) {
        return states.stream().map(CommandState::key).toList();
    }

    private static CommandState finished(
            TaskCommand.Key key, Stage stage, Instant receivedAt, String account, String reason, Instant now) {
        return CommandState.finished(key, stage, receivedAt, account, reason, null, null, now);
    }
}
