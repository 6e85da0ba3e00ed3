package dev.turnpike.commands;

import dev.turnpike.commands.CommandState.Stage;
import dev.turnpike.shard.RecordRefusedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a command has come to, written down and told its sender in one transaction, and counted. */
final class CommandAnswers {
    private static final Logger log = LoggerFactory.getLogger(CommandAnswers.class);

    private final CommandJournal journal;
    private final CommandReplies replies;
    private final CommandMeters meters;

    CommandAnswers(CommandJournal journal, CommandReplies replies, CommandMeters meters) {
        this.journal = journal;
        this.replies = replies;
        this.meters = meters;
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
        journal.write(state, List.of(replies.accepted(run, accepted, now)), run.nextOffset());
        meters.answered(run.command().kind().word(), "accepted");
        log.info("Command accepted account={} command={} task={}", run.accountId(), run, accepted.taskId());
    }

    void rejected(CommandRun run, CommandRejectedException why, Instant now) {
        CommandState state = rejected(run.key(), run.receivedAt(), run.accountId(), why.reason(), now);
        ProducerRecord<String, byte[]> reply =
                replies.rejected(run.key(), run.command().kind(), run.accountId(), why, now);
        journal.write(state, List.of(reply), run.nextOffset());
        meters.answered(run.command().kind().word(), why.isUnknown() ? "unknown" : "rejected");
        log.info(
                "Command rejected account={} command={} reason={} detail={}",
                run.accountId(),
                run,
                why.reason(),
                why.getMessage());
    }

    /** The command waits; its sender is told unless he knows. */
    void deferred(CommandRun run, CommandDeferredException why, Instant until, Instant now) {
        CommandState before = journal.state(run.key()).orElse(null);
        boolean news = Deferrals.isNews(why, until, before);
        CommandState state =
                CommandState.deferred(run.command(), run.receivedAt(), run.accountId(), until, why.reason());
        journal.write(state, news ? List.of(replies.deferred(run, why, until, now)) : List.of(), run.nextOffset());
        run.logged();
        if (news) {
            meters.answered(run.command().kind().word(), "deferred");
            log.info(
                    "Command deferred account={} command={} reason={} until={}",
                    run.accountId(),
                    run,
                    why.reason(),
                    until);
        }
    }

    /** A record is no command: it becomes a dead letter, and who sent it is told where that can be. */
    void malformed(ConsumerRecord<String, byte[]> message, MalformedCommandException why, Instant now) {
        log.warn(
                "A record is no command record={}-{}@{} id={} reason={}",
                message.topic(),
                message.partition(),
                message.offset(),
                why.key(),
                why.getMessage());
        ProducerRecord<String, byte[]> letter = replies.deadLetter(message, why.getMessage(), now);
        CommandState state = null;
        List<ProducerRecord<String, byte[]>> records = List.of(letter);
        if (why.key() != null && journal.state(why.key()).isEmpty()) {
            CommandRejectedException rejection =
                    new CommandRejectedException(why.reason(), why.getMessage(), why.expected());
            records = List.of(letter, replies.rejected(why.key(), null, null, rejection, now));
            state = rejected(why.key(), now, null, why.reason(), now);
        }
        try {
            journal.write(state, records, message.offset() + 1);
        } catch (RecordRefusedException e) {
            // the dead letter is more than its topic takes; its headers still say which record it was
            log.warn("A dead letter goes out without its value reason={}", e.getMessage());
            List<ProducerRecord<String, byte[]>> smaller = new ArrayList<>(records);
            smaller.set(0, CommandReplies.withoutValue(letter));
            journal.write(state, smaller, message.offset() + 1);
        }
        meters.answered("none", "malformed");
    }

    private static CommandState rejected(
            CommandKey key, Instant receivedAt, String account, String reason, Instant now) {
        return CommandState.finished(key, Stage.REJECTED, receivedAt, account, reason, null, null, now);
    }
}
