package dev.turnpike.commands;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commands of one partition without a final reply, from the log and new ones, and when each is executed next. Used
 * by one thread.
 */
final class PendingCommands {
    private static final Logger log = LoggerFactory.getLogger(PendingCommands.class);
    /** Longer than the retention of the commands' topic, so that no record is read again as a new command. */
    private static final Duration REMEMBERED = Duration.ofDays(30);

    private static final Duration BETWEEN_FORGETTING = Duration.ofDays(1);
    private static final int FORGOTTEN_AT_ONCE = 500;

    private final CommandLog commandLog;
    private final Claims claims;
    private final Clock clock;
    private final Map<TaskCommand.Key, Instant> times = new HashMap<>();
    private final Map<TaskCommand.Key, CommandRun> runs = new HashMap<>();
    private TaskCommand.Key current;
    private Instant forgetAt = Instant.MIN;

    PendingCommands(CommandLog commandLog, Claims claims, Clock clock) {
        this.commandLog = commandLog;
        this.claims = claims;
        this.clock = clock;
    }

    /** Opens the log where that is needed, and schedules what it left unfinished. */
    void open() {
        if (!commandLog.open()) {
            return;
        }
        Instant now = clock.instant();
        List<CommandState> states = commandLog.states();
        Set<TaskCommand.Key> before = new HashSet<>(times.keySet());
        // what was in memory may be stale: another owner may have written meanwhile
        times.clear();
        runs.clear();
        for (CommandState state : states) {
            if (!state.isFinished()) {
                times.put(state.key(), state.due(now));
            } else if (state.started() != null) {
                claims.attribute(state.started(), null);
            }
        }
        before.removeAll(times.keySet());
        before.forEach(claims::release);
        log.info("Command log opened log={} commands={} unfinished={}", commandLog, states.size(), times.size());
    }

    /** Removes from the log what ended long ago: once a day, some of it with each call until nothing is left. */
    void forgetOld() {
        Instant now = clock.instant();
        if (now.isBefore(forgetAt)) {
            return;
        }
        Instant before = now.minus(REMEMBERED);
        List<TaskCommand.Key> old = commandLog.states().stream()
                .filter(CommandState::isFinished)
                .filter(state -> state.finishedAt().isBefore(before))
                .limit(FORGOTTEN_AT_ONCE)
                .map(CommandState::key)
                .toList();
        if (!old.isEmpty()) {
            commandLog.forget(old);
        }
        if (old.size() < FORGOTTEN_AT_ONCE) {
            forgetAt = now.plus(BETWEEN_FORGETTING);
        }
    }

    /** When the next one is due; empty when nothing waits. */
    Optional<Instant> next() {
        return times.values().stream().min(Comparator.naturalOrder());
    }

    /** The command that has been due longest; empty when none is due. */
    Optional<CommandRun> due() {
        Instant now = clock.instant();
        for (Optional<TaskCommand.Key> due = due(now); due.isPresent(); due = due(now)) {
            TaskCommand.Key key = due.get();
            Optional<CommandState> state = commandLog.state(key).filter(known -> !known.isFinished());
            if (state.isPresent()) {
                return Optional.of(runs.computeIfAbsent(key, missing -> CommandRun.stored(state.get(), commandLog)));
            }
            finished(key);
        }
        return Optional.empty();
    }

    private Optional<TaskCommand.Key> due(Instant now) {
        return times.entrySet().stream()
                .filter(entry -> !entry.getValue().isAfter(now))
                .min(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey);
    }

    /** Begins a new command; the log may not have it until its first outcome. */
    void begin(CommandRun run) {
        current = run.key();
    }

    /** Schedules a known command that was received again for now, unless it is scheduled already. */
    void scheduleIfAbsent(TaskCommand.Key key) {
        times.putIfAbsent(key, clock.instant());
    }

    /** Schedules its next execution. */
    void postpone(CommandRun run, Instant until) {
        runs.put(run.key(), run);
        times.put(run.key(), until);
    }

    /** Removes a command that has its final reply. */
    void finished(TaskCommand.Key key) {
        claims.release(key);
        times.remove(key);
        runs.remove(key);
    }

    /** Releases everything: the partition is assigned to another instance. */
    void close() {
        times.keySet().forEach(claims::release);
        if (current != null) {
            claims.release(current);
        }
        commandLog.close();
    }
}
