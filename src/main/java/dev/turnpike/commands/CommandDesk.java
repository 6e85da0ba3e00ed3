package dev.turnpike.commands;

import dev.turnpike.commands.CommandState.Stage;
import dev.turnpike.shard.DoubtfulCommitException;
import dev.turnpike.shard.RecordRefusedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands of one partition: takes new ones, looks at those whose time has come, and has what a look comes to
 * written down and answered. Used by one thread.
 */
final class CommandDesk {
    private static final Logger log = LoggerFactory.getLogger(CommandDesk.class);
    /** Longer than the commands' topic keeps its records, so that none is taken for a new one. */
    private static final Duration REMEMBERED = Duration.ofDays(30);

    private static final Duration WORTH_TELLING = Duration.ofMinutes(1);

    private static final int FORGOTTEN_AT_ONCE = 500;
    /** Upstream's wishes beyond this are waited for in the log. */
    private static final Duration LONGEST_IN_PLACE = Duration.ofSeconds(5);

    private final CommandJournal journal;
    private final CommandLook look;
    private final CommandReplies replies;
    private final Claims claims;
    private final Timings timings;
    private final CommandMeters meters;
    private final CommandPauses pauses;
    private final Clock clock;
    private final CommandReader reader = new CommandReader();
    /** When unfinished commands are looked at next. */
    private final Map<CommandKey, Instant> agenda = new HashMap<>();
    /** What is remembered of those that are looked at again and again. */
    private final Map<CommandKey, CommandRun> runs = new HashMap<>();

    CommandDesk(
            CommandJournal journal,
            CommandLook look,
            CommandReplies replies,
            Claims claims,
            Timings timings,
            CommandMeters meters,
            CommandPauses pauses,
            Clock clock) {
        this.journal = journal;
        this.look = look;
        this.replies = replies;
        this.claims = claims;
        this.timings = timings;
        this.meters = meters;
        this.pauses = pauses;
        this.clock = clock;
    }

    /** Opens the log where that is needed, and plans for what it left unfinished. */
    void open() {
        if (!journal.open()) {
            return;
        }
        Instant now = clock.instant();
        List<CommandState> states = journal.states().toList();
        for (CommandState state : states) {
            if (state.isFinished()) {
                if (state.taskId() != null) {
                    claims.take(state.turnId() != null ? state.turnId() : state.taskId());
                }
            } else if (state.stage() == Stage.ATTEMPTING) {
                agenda.putIfAbsent(state.key(), now);
            } else {
                agenda.putIfAbsent(state.key(), state.until());
            }
        }
        log.info("Command log opened log={} commands={} unfinished={}", journal, states.size(), agenda.size());
        List<CommandKey> old = states.stream()
                .filter(CommandState::isFinished)
                .filter(state -> state.finishedAt().isBefore(now.minus(REMEMBERED)))
                .limit(FORGOTTEN_AT_ONCE)
                .map(CommandState::key)
                .toList();
        if (!old.isEmpty()) {
            journal.forget(old);
        }
    }

    /** The time of the next look; empty when nothing waits. */
    Optional<Instant> next() {
        return agenda.values().stream().min(Comparator.naturalOrder());
    }

    /** Looks at one command whose time has come; false when there is none. */
    boolean lookAtDue() {
        Instant now = clock.instant();
        Optional<Map.Entry<CommandKey, Instant>> due = agenda.entrySet().stream()
                .filter(entry -> !entry.getValue().isAfter(now))
                .min(Map.Entry.comparingByValue());
        if (due.isEmpty()) {
            return false;
        }
        CommandKey key = due.get().getKey();
        CommandState state = journal.state(key).orElse(null);
        if (state == null || state.isFinished()) {
            done(key);
        } else {
            carryOn(runs.computeIfAbsent(key, missing -> CommandRun.stored(state, journal)));
        }
        return true;
    }

    /** Takes a record of the commands' topic. */
    void take(ConsumerRecord<String, byte[]> message) {
        long next = message.offset() + 1;
        TaskCommand command;
        try {
            command = reader.read(message);
        } catch (MalformedCommandException e) {
            malformed(message, e);
            return;
        }
        Optional<CommandState> known = journal.state(command.key());
        if (known.isPresent()) {
            log.info(
                    "A command that is known already is not carried out again command={} stage={}",
                    command,
                    known.get().stage());
            journal.write(null, List.of(), next);
            if (!known.get().isFinished()) {
                agenda.putIfAbsent(command.key(), clock.instant());
            }
            return;
        }
        CommandRun run = CommandRun.fresh(command, clock.instant(), journal, next);
        try {
            carryOn(run);
        } catch (DoubtfulCommitException e) {
            if (run.isLogged() || !isTooLarge(e)) {
                throw e;
            }
            reject(
                    run,
                    new CommandRejectedException(
                            "too-large",
                            "Kafka does not take so large a record in the command log",
                            "a smaller command"),
                    clock.instant());
        }
    }

    private static boolean isTooLarge(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RecordTooLargeException) {
                return true;
            }
        }
        return false;
    }

    private void malformed(ConsumerRecord<String, byte[]> message, MalformedCommandException why) {
        Instant now = clock.instant();
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
            state = CommandState.finished(why.key(), Stage.REJECTED, now, null, why.reason(), null, null, now);
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

    /** Whatever breaks off here, a command that may have been sent is only looked for from then on. */
    private void carryOn(CommandRun run) {
        try {
            lookUntilSettled(run);
        } catch (RuntimeException e) {
            if (run.attempt().isUnderWay()) {
                run.doubted();
            }
            throw e;
        }
    }

    /** Looks at the command until the look comes to something, or it has to wait. */
    private void lookUntilSettled(CommandRun run) {
        while (!pauses.isStopped()) {
            look.at(run);
            Outcome outcome = run.takeOutcome();
            if (!(outcome instanceof Outcome.Again again)) {
                settle(run, outcome);
                return;
            }
            int failures = run.tries().failed();
            log.debug("A look at a command failed command={} tries={} reason={}", run, failures, again.problem());
            Duration quick = longer(timings.quick(failures), again.least());
            if (run.isDoubtful()) {
                searchAgain(run, again, shorter(quick, timings.pause()));
                return;
            }
            if (failures >= Timings.QUICK_TRIES || quick.compareTo(LONGEST_IN_PLACE) > 0) {
                Duration wait = longer(timings.slow(run.tries().deferred()), again.least());
                settle(
                        run,
                        new Outcome.Deferred(new CommandDeferredException(
                                CommandOutcomes.UPSTREAM,
                                wait,
                                "Codex could not be asked: " + again.problem(),
                                false)));
                return;
            }
            pauses.pause(quick);
        }
    }

    private void searchAgain(CommandRun run, Outcome.Again again, Duration wait) {
        Instant now = clock.instant();
        if (now.isAfter(run.attempt().at().plus(timings.patience()))) {
            settle(
                    run,
                    new Outcome.Rejected(CommandRejectedException.unknownOutcome(
                            "the attempt's reply was lost, and what came of it could not be found out: "
                                    + again.problem(),
                            List.of())));
            return;
        }
        runs.put(run.key(), run);
        agenda.put(run.key(), now.plus(wait));
    }

    private void settle(CommandRun run, Outcome outcome) {
        Instant now = clock.instant();
        if (outcome instanceof Outcome.Accepted accepted) {
            claims.take(accepted.turnId() != null && run.isFollowUp() ? accepted.turnId() : accepted.taskId());
            finish(
                    run,
                    finished(run, Stage.ACCEPTED, null, accepted, now),
                    replies.accepted(run, accepted, now),
                    "accepted");
            log.info("Command accepted account={} command={} task={}", run.accountId(), run, accepted.taskId());
        } else if (outcome instanceof Outcome.Rejected rejected) {
            reject(run, rejected.why(), now);
        } else if (outcome instanceof Outcome.Deferred deferred) {
            defer(run, deferred.why(), now);
        } else {
            throw new IllegalStateException("A look at the command " + run + " came to nothing: is every step of"
                    + " routes/commands.camel.yaml there?");
        }
    }

    private void reject(CommandRun run, CommandRejectedException why, Instant now) {
        finish(
                run,
                finished(run, Stage.REJECTED, why.reason(), null, now),
                replies.rejected(run.key(), run.command().kind(), run.accountId(), why, now),
                why.isUnknown() ? "unknown" : "rejected");
        log.info(
                "Command rejected account={} command={} reason={} detail={}",
                run.accountId(),
                run,
                why.reason(),
                why.getMessage());
    }

    private void defer(CommandRun run, CommandDeferredException why, Instant now) {
        if (run.command().impatient() && !why.reason().equals(CommandOutcomes.SAME_WORDS)) {
            reject(
                    run,
                    new CommandRejectedException(
                            why.reason(), why.getMessage(), "leave out when: now to have the command wait"),
                    now);
            return;
        }
        if (!why.isUnbounded() && now.isAfter(run.receivedAt().plus(timings.patience()))) {
            reject(
                    run,
                    new CommandRejectedException(
                            why.reason(),
                            "waited for commands.patience in vain: " + why.getMessage(),
                            "send it again under another id, later"),
                    now);
            return;
        }
        Instant until = now.plus(why.waitTime());
        CommandState before = journal.state(run.key()).orElse(null);
        // the same reason again is told again only where the time is more than the next look
        boolean told = before != null
                && why.reason().equals(before.reason())
                && (!why.isUnbounded() || until.isBefore(before.until().plus(WORTH_TELLING)));
        CommandState state =
                CommandState.deferred(run.command(), run.receivedAt(), run.accountId(), until, why.reason());
        journal.write(state, told ? List.of() : List.of(replies.deferred(run, why, until, now)), run.nextOffset());
        run.logged();
        claims.release(run.key());
        runs.put(run.key(), run);
        agenda.put(run.key(), until);
        if (!told) {
            meters.answered(run.command().kind().word(), "deferred");
            log.info(
                    "Command deferred account={} command={} reason={} until={}",
                    run.accountId(),
                    run,
                    why.reason(),
                    until);
        }
    }

    private static CommandState finished(
            CommandRun run, Stage stage, String reason, Outcome.Accepted accepted, Instant now) {
        return CommandState.finished(
                run.key(),
                stage,
                run.receivedAt(),
                run.accountId(),
                reason,
                accepted == null ? null : accepted.taskId(),
                accepted == null || !run.isFollowUp() ? null : accepted.turnId(),
                now);
    }

    private void finish(CommandRun run, CommandState state, ProducerRecord<String, byte[]> reply, String outcome) {
        journal.write(state, List.of(reply), run.nextOffset());
        done(run.key());
        meters.answered(run.command().kind().word(), outcome);
    }

    private void done(CommandKey key) {
        claims.release(key);
        agenda.remove(key);
        runs.remove(key);
    }

    /** The partition goes to somebody else: nothing of it is tried here any more. */
    void close() {
        agenda.keySet().forEach(claims::release);
        runs.keySet().forEach(claims::release);
        journal.close();
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? other : one;
    }
}
