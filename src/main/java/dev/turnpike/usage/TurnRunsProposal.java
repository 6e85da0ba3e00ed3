package dev.turnpike.usage;

import dev.turnpike.comparison.Observation;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.StateKind;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Remembers which turns run, so that a rise of usage can be joined with them; to be published with what else was found
 * of the task.
 *
 * @param account the account's id
 * @param step from the turns that were known to run to those that are known then
 */
public record TurnRunsProposal(String account, UnaryOperator<TurnRuns> step) implements Proposal {
    /** The turns that run or ran lately, one record for each account. */
    public static final StateKind<TurnRuns> KIND = new StateKind<>("usage", "turns", TurnRuns.class, TurnRuns.VERSION);

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
    public Decision against(KnownState state) {
        TurnRuns known = known(state, account);
        TurnRuns next = step.apply(known);
        return Decision.change(KIND.key(account), known, next, List.of());
    }
}
