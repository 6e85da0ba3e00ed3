package dev.turnpike.commands;

import dev.turnpike.commands.CommandState.Stage;
import dev.turnpike.shard.RecordRefusedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the outcome of a command and the reply to its sender in one transaction, and counts it. */
final class CommandAnswers {
    private static final Logger log = LoggerFactory.getLogger(CommandAnswers.class);

    /** A known time that moved by less is not reported again. */
    private static final Duration WORTH_REPORTING = Duration.ofMinutes(1);

    private final CommandJournal journal;
    private final CommandReplies replies;
    private final BiConsumer<String, String> count;

    /** @param count gets type and outcome of each answer */
    CommandAnswers(CommandJournal journal, CommandReplies replies, BiConsumer<String, String> count) {
        this.journal = journal;
        this.replies = replies;
        this.count = count;
    }

    void accepted(CommandRun run, Outcome.Accepted accepted, Instant now) {
        CommandState state = CommandState.finished(
                run.key(),
                Stage.ACCEPTED,
                run.receivedAt(),
                run.accountId(),
                null,
                accepted.taskId(),
                run.isFollowUp() ? accepted.turnId() : null,
                now);
        write(List.of(state), List.of(replies.accepted(run, accepted, now)), run.nextOffset());
        count.accept(run.command().kind().word(), "accepted");
        log.info("Command accepted account={} command={} task={}", run.accountId(), run, accepted.taskId());
    }

    void rejected(CommandRun run, CommandRejectedException why, Instant now) {
        CommandState state = finished(run.key(), Stage.REJECTED, run.receivedAt(), run.accountId(), why.reason(), now);
        ProducerRecord<String, byte[]> reply =
                replies.rejected(run.key(), run.command().kind(), run.accountId(), why, now);
        write(List.of(state), List.of(reply), run.nextOffset());
        count.accept(run.command().kind().word(), why.isUnknown() ? "unknown" : "rejected");
        log.info(
                "Command rejected account={} command={} reason={} detail={}",
                run.accountId(),
                run,
                why.reason(),
                why.getMessage());
    }

    /** The command waits; its sender gets a reply unless he has it. */
    void deferred(CommandRun run, CommandDeferredException why, Instant until, Instant now) {
        CommandState before = journal.state(run.key()).orElse(null);
        boolean news = isNews(why, until, before);
        CommandState state =
                CommandState.deferred(run.command(), run.receivedAt(), run.accountId(), until, why.reason());
        write(List.of(state), news ? List.of(replies.deferred(run, why, until, now)) : List.of(), run.nextOffset());
        run.logged();
        if (news) {
            count.accept(run.command().kind().word(), "deferred");
            log.info(
                    "Command deferred account={} command={} reason={} until={}",
                    run.accountId(),
                    run,
                    why.reason(),
                    until);
        }
    }

    /**
     * Whether the sender does not know yet: another reason, or a known time that has moved.
     *
     * @param before what the log knows of the command, null where that is nothing
     */
    static boolean isNews(CommandDeferredException why, Instant until, CommandState before) {
        if (before == null || !why.reason().equals(before.reason())) {
            return true;
        }
        return why.isTimeKnown() && !until.isBefore(before.until().plus(WORTH_REPORTING));
    }

    /** A deferred command is taken back: both get their final reply. */
    void cancelled(TaskCommand cancel, CommandState target, long next, Instant now) {
        CommandRejectedException why = new CommandRejectedException(
                "cancelled", "command " + cancel.key() + " has taken it back before anything was sent", null);
        write(
                List.of(
                        finished(cancel.key(), Stage.ACCEPTED, now, target.account(), null, now),
                        finished(
                                target.key(),
                                Stage.REJECTED,
                                target.receivedAt(),
                                target.account(),
                                why.reason(),
                                now)),
                List.of(
                        replies.cancelled(cancel, target.account(), now),
                        replies.rejected(target.key(), target.command().kind(), target.account(), why, now)),
                next);
        count.accept(cancel.kind().word(), "accepted");
        count.accept(target.command().kind().word(), "rejected");
        log.info("Command cancelled account={} command={} by={}", target.account(), target.key(), cancel.key());
    }

    /**
     * A command that does not wait cannot be taken back.
     *
     * @param target null where this partition knows none of that id
     */
    void notCancelled(TaskCommand cancel, CommandState target, long next, Instant now) {
        CommandRejectedException why = target == null
                ? new CommandRejectedException(
                        "unknown-command",
                        "no command " + cancel.cancels() + " is known in this partition",
                        "id and source of a deferred command that was sent with the same key")
                : new CommandRejectedException(
                        "not-deferred",
                        "command " + cancel.cancels() + " does not wait, it is "
                                + target.stage().name().toLowerCase(Locale.ROOT)
                                + (target.taskId() == null ? "" : " as task " + target.taskId()),
                        "a command that is deferred; Codex has no known call to cancel a task");
        write(
                List.of(finished(cancel.key(), Stage.REJECTED, now, null, why.reason(), now)),
                List.of(replies.rejected(cancel.key(), cancel.kind(), null, why, now)),
                next);
        count.accept(cancel.kind().word(), "rejected");
        log.info("Command rejected command={} reason={} detail={}", cancel, why.reason(), why.getMessage());
    }

    /** An invalid command: the record becomes a dead letter, and its sender gets a reply where that is possible. */
    void malformed(ConsumerRecord<String, byte[]> message, MalformedCommandException why, Instant now) {
        log.warn(
                "Invalid command record={}-{}@{} id={} reason={}",
                message.topic(),
                message.partition(),
                message.offset(),
                why.key(),
                why.getMessage());
        ProducerRecord<String, byte[]> letter = replies.deadLetter(message, why.getMessage(), now);
        List<CommandState> states = List.of();
        List<ProducerRecord<String, byte[]>> records = List.of(letter);
        if (why.key() != null && journal.state(why.key()).isEmpty()) {
            CommandRejectedException rejection =
                    new CommandRejectedException(why.reason(), why.getMessage(), why.expected());
            records = List.of(letter, replies.rejected(why.key(), null, null, rejection, now));
            states = List.of(finished(why.key(), Stage.REJECTED, now, null, why.reason(), now));
        }
        write(states, records, message.offset() + 1);
        count.accept("none", "malformed");
    }

    /** However little the topics of the replies take: what is known of the command is written, and the offset moves. */
    private void write(List<CommandState> states, List<ProducerRecord<String, byte[]>> records, Long nextOffset) {
        try {
            journal.write(states, records, nextOffset);
        } catch (RecordRefusedException e) {
            log.warn("Kafka refuses a reply, a smaller one is sent states={} reason={}", states, e.getMessage());
            writeSmallest(states, records, nextOffset);
        }
    }

    private void writeSmallest(
            List<CommandState> states, List<ProducerRecord<String, byte[]>> records, Long nextOffset) {
        try {
            journal.write(states, records.stream().map(replies::smallest).toList(), nextOffset);
        } catch (RecordRefusedException e) {
            log.error("Kafka refuses even the smallest reply, none is sent states={}", states, e);
            journal.write(states, List.of(), nextOffset);
        }
    }

    private static CommandState finished(
            CommandKey key, Stage stage, Instant receivedAt, String account, String reason, Instant now) {
        return CommandState.finished(key, stage, receivedAt, account, reason, null, null, now);
    }
}
