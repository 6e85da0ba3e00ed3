package dev.turnpike.usage;

import dev.turnpike.codex.Task;
import dev.turnpike.codex.Turn;
import dev.turnpike.comparison.Observation;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.StateKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The turns of an account that run, or ran within the last day; one small record in the state topic.
 *
 * @param runs by turn id
 */
public record TurnRuns(Map<String, Run> runs) {
    static final TurnRuns NOTHING = new TurnRuns(Map.of());
    private static final int MOST = 200;
    private static final Duration KEEP = Duration.ofDays(1);

    public TurnRuns {
        runs = runs == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(runs));
    }

    /**
     * One turn.
     *
     * @param task its task's id
     * @param from when it began, or was first seen
     * @param to when it ended, as far as is known; null while it runs
     */
    public record Run(String task, Instant from, Instant to) {
        boolean isWithin(Instant start, Instant end) {
            return !from.isAfter(end) && (to == null || !to.isBefore(start));
        }

        private boolean isOver(Instant before) {
            return to != null && to.isBefore(before);
        }
    }

    /** The turns that ran at any time of an interval, in the order of their begin. */
    List<Map.Entry<String, Run>> during(Instant start, Instant end) {
        return runs.entrySet().stream()
                .filter(run -> run.getValue().isWithin(start, end))
                .sorted(Comparator.comparing(run -> run.getValue().from()))
                .toList();
    }

    /** Adds the turns of an observed task; returns this where nothing is new. */
    TurnRuns with(Observation observed) {
        Map<String, Run> changed = changes(observed);
        if (changed.isEmpty()) {
            return this;
        }
        Map<String, Run> next = new LinkedHashMap<>(runs);
        next.putAll(changed);
        next.values().removeIf(run -> run.isOver(observed.at().minus(KEEP)));
        List<String> newestFirst = next.entrySet().stream()
                .sorted(Comparator.comparing(
                                (Map.Entry<String, Run> run) -> run.getValue().from())
                        .reversed())
                .map(Map.Entry::getKey)
                .toList();
        newestFirst.stream().skip(MOST).forEach(next::remove);
        return new TurnRuns(next);
    }

    private Map<String, Run> changes(Observation observed) {
        Map<String, Run> changed = new LinkedHashMap<>();
        Task task = observed.task();
        if (observed.turns() != null) {
            for (Turn turn : observed.turns().turns().values()) {
                if (turn.assistant() && turn.createdAt() != null) {
                    Instant ended = turn.lastEventAt() == null ? observed.at() : turn.lastEventAt();
                    Run run = new Run(task.id(), turn.createdAt(), turn.status().isTerminal() ? ended : null);
                    if (!run.isOver(observed.at().minus(KEEP)) || isRunning(runs.get(turn.id()))) {
                        changed.put(turn.id(), run);
                    }
                }
            }
        }
        String latest = task.latest().id();
        if (latest != null) {
            Run known = changed.getOrDefault(latest, runs.get(latest));
            boolean ended = task.latest().status().isTerminal();
            if (known == null && !ended) {
                changed.put(latest, new Run(task.id(), observed.at(), null));
            } else if (isRunning(known) && ended) {
                Instant to = task.updatedAt() == null ? observed.at() : task.updatedAt();
                changed.put(latest, new Run(task.id(), known.from(), to));
            }
        }
        changed.entrySet().removeIf(run -> run.getValue().equals(runs.get(run.getKey())));
        return changed;
    }

    private static boolean isRunning(Run run) {
        return run != null && run.to() == null;
    }

    /** Without a task that upstream no longer has. */
    TurnRuns without(String taskId, Instant at) {
        Map<String, Run> next = new LinkedHashMap<>(runs);
        next.replaceAll(
                (id, run) -> run.task().equals(taskId) && run.to() == null ? new Run(run.task(), run.from(), at) : run);
        return new TurnRuns(next);
    }

    /**
     * Stores which turns run, so that a rise of usage can be attributed to them; published with the task's other
     * changes.
     *
     * @param account the account's id
     * @param step from the turns that were known to run to those that are known then
     */
    public record TurnRunsProposal(String account, UnaryOperator<TurnRuns> step) implements Proposal {
        /** The turns that run or ran lately, one record for each account. */
        public static final StateKind<TurnRuns> KIND = new StateKind<>("usage", "turns", TurnRuns.class, 1);

        /** After tasks were seen. */
        public static TurnRunsProposal seen(String account, List<Observation> observed) {
            return new TurnRunsProposal(account, runs -> {
                TurnRuns next = runs;
                for (Observation task : observed) {
                    next = next.with(task);
                }
                return next;
            });
        }

        /** After upstream no longer has a task. */
        public static TurnRunsProposal gone(String account, String taskId, Instant at) {
            return new TurnRunsProposal(account, runs -> runs.without(taskId, at));
        }

        static TurnRuns known(KnownState state, String account) {
            return state.get(KIND.key(account)).orElse(TurnRuns.NOTHING);
        }

        @Override
        public Decision decide(KnownState state) {
            TurnRuns known = known(state, account);
            TurnRuns next = step.apply(known);
            return Decision.change(KIND.key(account), known, next, List.of());
        }
    }
}
