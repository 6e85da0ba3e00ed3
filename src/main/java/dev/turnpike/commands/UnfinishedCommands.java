package dev.turnpike.commands;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands of one partition that have no final reply yet, out of the log and since. Used by one thread. */
final class UnfinishedCommands {
    private static final Logger log = LoggerFactory.getLogger(UnfinishedCommands.class);
    /** Longer than the commands' topic keeps its records, so that none is taken for a new one. */
    private static final Duration REMEMBERED = Duration.ofDays(30);

    private static final int FORGOTTEN_AT_ONCE = 500;

    private final CommandJournal journal;
    private final Claims claims;
    private final Clock clock;
    private final Agenda agenda = new Agenda();
    private CommandKey inHand;

    UnfinishedCommands(CommandJournal journal, Claims claims, Clock clock) {
        this.journal = journal;
        this.claims = claims;
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
            if (!state.isFinished()) {
                agenda.plan(state.key(), state.due(now));
            } else if (state.cameOfIt() != null) {
                claims.take(state.cameOfIt());
            }
        }
        log.info(
                "Command log opened log={} commands={} unfinished={}",
                journal,
                states.size(),
                agenda.keys().size());
        forgetOld(states, now.minus(REMEMBERED));
    }

    private void forgetOld(List<CommandState> states, Instant before) {
        List<CommandKey> old = states.stream()
                .filter(CommandState::isFinished)
                .filter(state -> state.finishedAt().isBefore(before))
                .limit(FORGOTTEN_AT_ONCE)
                .map(CommandState::key)
                .toList();
        if (!old.isEmpty()) {
            journal.forget(old);
        }
    }

    /** The time of the next look; empty when nothing waits. */
    Optional<Instant> next() {
        return agenda.next();
    }

    /** A command whose time has come; empty when there is none. */
    Optional<CommandRun> due() {
        Instant now = clock.instant();
        Optional<CommandKey> due = agenda.due(now);
        while (due.isPresent()) {
            CommandKey key = due.get();
            Optional<CommandState> state = journal.state(key).filter(known -> !known.isFinished());
            if (state.isPresent()) {
                return Optional.of(agenda.run(key, () -> CommandRun.stored(state.get(), journal)));
            }
            finished(key);
            due = agenda.due(now);
        }
        return Optional.empty();
    }

    /** A new one is looked at for the first time; until that comes to something, the log may not know of it. */
    void takeInHand(CommandRun run) {
        inHand = run.key();
    }

    /** A command that the log knows was sent once more: it is looked at soon, unless that is planned. */
    void remind(CommandKey key) {
        agenda.plan(key, clock.instant());
    }

    /** It is looked at again at that time. */
    void postpone(CommandRun run, Instant until) {
        agenda.postpone(run, until);
    }

    /** It has its final reply. */
    void finished(CommandKey key) {
        claims.release(key);
        agenda.strike(key);
    }

    /** The partition goes to somebody else: nothing of it is tried here any more. */
    void close() {
        agenda.keys().forEach(claims::release);
        if (inHand != null) {
            claims.release(inHand);
        }
        journal.close();
    }
}
