package dev.turnpike.commands;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes the commands of one partition: accepts new ones, executes those that are due, and replies or schedules
 * another execution. It throws only failures of Kafka and of ownership; any other failure of a command ends in a reply.
 * Used by one thread.
 */
final class CommandProcessor {
    private static final Logger log = LoggerFactory.getLogger(CommandProcessor.class);

    private final CommandLog commandLog;
    private final PendingCommands pending;
    private final CommandExecutor executor;
    private final OutcomeWriter outcomes;
    private final Claims claims;
    private final RunningLimit limit;
    private final Duration patience;
    private final Clock clock;

    /** @param patience how long a command waits at most, unless it has its own not_after */
    CommandProcessor(
            CommandLog commandLog,
            CommandExecutor executor,
            OutcomeWriter outcomes,
            Claims claims,
            RunningLimit limit,
            Duration patience,
            Clock clock) {
        this.commandLog = commandLog;
        this.pending = new PendingCommands(commandLog, claims, clock);
        this.executor = executor;
        this.outcomes = outcomes;
        this.claims = claims;
        this.limit = limit;
        this.patience = patience;
        this.clock = clock;
    }

    void open() {
        pending.open();
    }

    Optional<Instant> next() {
        return pending.next();
    }

    /** Executes one command that is due; false when there is none. */
    boolean executeDue() {
        Optional<CommandRun> due = pending.due();
        due.ifPresentOrElse(this::execute, pending::forgetOld);
        return due.isPresent();
    }

    void take(ConsumerRecord<String, byte[]> message) {
        CommandReader reader = new CommandReader(message);
        TaskCommand command;
        try {
            command = reader.command();
        } catch (CommandRejectedException e) {
            outcomes.malformed(message, reader.key(), e, clock.instant());
            return;
        } catch (RuntimeException e) {
            log.error(
                    "Failed to read command topic={} partition={} offset={}",
                    message.topic(),
                    message.partition(),
                    message.offset(),
                    e);
            outcomes.malformed(
                    message,
                    null,
                    new CommandRejectedException("internal", "the record cannot be read: " + e, null),
                    clock.instant());
            return;
        }
        CommandRun run = CommandRun.fresh(command, clock.instant(), commandLog, message.offset() + 1);
        Optional<CommandState> known = commandLog.state(command.key());
        if (known.isPresent()) {
            repeated(run, known.get());
        } else if (command.kind() == TaskCommand.Kind.CANCEL) {
            cancel(run);
        } else {
            pending.begin(run);
            execute(run);
        }
    }

    private void repeated(CommandRun run, CommandState known) {
        log.info("Command received again, not executed again command={} stage={}", run, known.stage());
        commandLog.write(List.of(), List.of(), run.nextOffset);
        if (!known.isFinished()) {
            pending.scheduleIfAbsent(run.key());
        }
    }

    /** Cancels a deferred command. One that was sent cannot be cancelled, since upstream has no known call for that. */
    private void cancel(CommandRun cancel) {
        TaskCommand.Key key = cancel.command().cancels();
        CommandState target = commandLog.state(key).orElse(null);
        if (target != null && target.stage() == CommandState.Stage.DEFERRED) {
            outcomes.cancelled(cancel, target, clock.instant());
            pending.finished(key);
        } else {
            outcomes.rejected(cancel, CommandRejectedException.notCancelled(key, target), clock.instant());
        }
    }

    private void execute(CommandRun run) {
        executor.execute(run).ifPresent(outcome -> {
            try {
                settle(run, outcome);
            } catch (RuntimeException e) {
                settle(run, executor.unsettled(run, e));
            }
        });
    }

    private void settle(CommandRun run, Outcome outcome) {
        Instant now = clock.instant();
        if (outcome instanceof Outcome.Accepted accepted) {
            claims.attribute(
                    accepted.turnId() != null && run.isFollowUp() ? accepted.turnId() : accepted.taskId(),
                    run.attemptId());
            outcomes.accepted(run, accepted, now);
            limit.started(run.accountId());
            pending.finished(run.key());
        } else if (outcome instanceof CommandRejectedException why) {
            outcomes.rejected(run, why, now);
            pending.finished(run.key());
        } else if (outcome instanceof CommandDeferredException why) {
            defer(run, why, now);
        } else {
            // its prompt stays claimed: two tasks with the same prompt could not be distinguished
            pending.postpone(run, now.plus(((Outcome.Again) outcome).least()));
        }
    }

    private void defer(CommandRun run, CommandDeferredException why, Instant now) {
        Optional<CommandRejectedException> refusal = refusal(run, why, now, patience);
        if (refusal.isPresent()) {
            settle(run, refusal.get());
            return;
        }
        Instant until = now.plus(why.waitTime());
        Instant deadline = run.deadline(patience);
        until = until.isAfter(deadline) ? deadline : until;
        outcomes.deferred(run, why, until, now);
        claims.release(run.key());
        pending.postpone(run, until);
    }

    /** Why the command is rejected rather than deferred; empty when it may wait. */
    static Optional<CommandRejectedException> refusal(
            CommandRun run, CommandDeferredException why, Instant now, Duration patience) {
        TaskCommand command = run.command();
        if (command.rejectIfWaiting() && !why.reason().equals(CommandDeferredException.SAME_PROMPT)) {
            return Optional.of(new CommandRejectedException(
                    why.reason(), why.getMessage(), "leave out when: now to have the command wait"));
        }
        if (now.isBefore(run.deadline(patience))) {
            return Optional.empty();
        }
        return Optional.of(
                command.notAfter() != null
                        ? CommandRejectedException.expired(command.notAfter(), why.getMessage())
                        : new CommandRejectedException(
                                why.reason(),
                                "still not possible after commands.patience: " + why.getMessage(),
                                "send it again under another id, later or with not_after"));
    }

    void close() {
        pending.close();
    }
}
