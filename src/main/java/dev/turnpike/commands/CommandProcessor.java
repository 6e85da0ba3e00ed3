package dev.turnpike.commands;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands of one partition: takes new ones, executes those that are due, and has their outcomes settled. Only
 * failures of Kafka and of ownership leave it; whatever else goes wrong with a command ends in a reply. Used by one
 * thread.
 */
final class CommandProcessor {
    private static final Logger log = LoggerFactory.getLogger(CommandProcessor.class);

    private final CommandReader reader = new CommandReader();
    private final CommandJournal journal;
    private final PendingCommands pending;
    private final CommandExecutor executor;
    private final Settlement settlement;
    private final CommandAnswers answers;
    private final Clock clock;

    CommandProcessor(
            CommandJournal journal,
            PendingCommands pending,
            CommandExecutor executor,
            Settlement settlement,
            CommandAnswers answers,
            Clock clock) {
        this.journal = journal;
        this.pending = pending;
        this.executor = executor;
        this.settlement = settlement;
        this.answers = answers;
        this.clock = clock;
    }

    /** Opens the log where that is needed, and schedules what it left unfinished. */
    void open() {
        pending.open();
    }

    /** When the next pending command is due; empty when nothing waits. */
    Optional<Instant> next() {
        return pending.next();
    }

    /** Executes one command that is due; false when there is none. */
    boolean executeDue() {
        Optional<CommandRun> due = pending.due();
        due.ifPresent(this::execute);
        return due.isPresent();
    }

    /** Takes a record of the commands' topic. */
    void take(ConsumerRecord<String, byte[]> message) {
        TaskCommand command;
        try {
            command = reader.read(message);
        } catch (MalformedCommandException e) {
            answers.malformed(message, e, clock.instant());
            return;
        } catch (RuntimeException e) {
            log.error("A record cannot be read record={}-{}", message.partition(), message.offset(), e);
            answers.malformed(
                    message,
                    new MalformedCommandException(null, "internal", "the record cannot be read: " + e, null),
                    clock.instant());
            return;
        }
        long next = message.offset() + 1;
        Optional<CommandState> known = journal.state(command.key());
        if (known.isPresent()) {
            repeated(command, known.get(), next);
        } else if (command.kind() == TaskCommand.Kind.CANCEL) {
            cancel(command, next);
        } else {
            CommandRun run = CommandRun.fresh(command, clock.instant(), journal, next);
            pending.takeInHand(run);
            execute(run);
        }
    }

    private void repeated(TaskCommand command, CommandState known, long next) {
        log.info("Command is known already, not carried out again command={} stage={}", command, known.stage());
        journal.write(List.of(), List.of(), next);
        if (!known.isFinished()) {
            pending.remind(command.key());
        }
    }

    /** Takes a deferred command back; what was sent stays, since upstream has no known call to cancel a task. */
    private void cancel(TaskCommand cancel, long next) {
        Instant now = clock.instant();
        CommandKey key = cancel.cancels();
        Optional<CommandState> target = journal.state(key);
        if (target.isPresent() && target.get().stage() == CommandState.Stage.DEFERRED) {
            answers.cancelled(cancel, target.get(), next, now);
            pending.finished(key);
        } else {
            answers.notCancelled(cancel, target.orElse(null), next, now);
        }
    }

    private void execute(CommandRun run) {
        executor.execute(run).ifPresent(outcome -> {
            try {
                settlement.settle(run, outcome);
            } catch (RuntimeException e) {
                settlement.settle(run, executor.tooLarge(e).orElseThrow(() -> e));
            }
        });
    }

    /** The partition goes to another instance: nothing of it is executed here any more. */
    void close() {
        pending.close();
    }
}
