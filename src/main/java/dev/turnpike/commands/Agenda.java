package dev.turnpike.commands;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** When unfinished commands are looked at next, and what is remembered of those that are looked at again and again. */
final class Agenda {
    private final Map<CommandKey, Instant> times = new HashMap<>();
    private final Map<CommandKey, CommandRun> runs = new HashMap<>();

    /** Plans a look, unless one is planned. */
    void plan(CommandKey key, Instant time) {
        times.putIfAbsent(key, time);
    }

    /** Plans the next look at a command that was looked at. */
    void postpone(CommandRun run, Instant until) {
        runs.put(run.key(), run);
        times.put(run.key(), until);
    }

    /** The time of the next look; empty when nothing waits. */
    Optional<Instant> next() {
        return times.values().stream().min(Comparator.naturalOrder());
    }

    /** The command that has waited longest of those whose time has come. */
    Optional<CommandKey> due(Instant now) {
        return times.entrySet().stream()
                .filter(entry -> !entry.getValue().isAfter(now))
                .min(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey);
    }

    /** What is remembered of the command, else what is made of it now. */
    CommandRun run(CommandKey key, Supplier<CommandRun> otherwise) {
        return runs.computeIfAbsent(key, missing -> otherwise.get());
    }

    /** It needs no look any more. */
    void strike(CommandKey key) {
        times.remove(key);
        runs.remove(key);
    }

    /** All that wait. */
    Set<CommandKey> keys() {
        return new HashSet<>(times.keySet());
    }
}
