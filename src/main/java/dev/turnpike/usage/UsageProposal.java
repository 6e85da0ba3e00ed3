package dev.turnpike.usage;

import dev.turnpike.shard.Decision;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.StateKey;
import dev.turnpike.shard.StateKind;
import dev.turnpike.usage.TurnRuns.TurnRunsProposal;

/** Publishes a poll of an account's usage where something has changed. */
public record UsageProposal(UsageComparison comparison, UsageObservation seen) implements Proposal {
    /** Kind of the known usage, one record per account. */
    public static final StateKind<UsageKnown> KIND =
            new StateKind<>("usage", "windows", UsageKnown.class, UsageKnown.VERSION);

    public static StateKey<UsageKnown> key(String account) {
        return KIND.key(account);
    }

    @Override
    public Decision against(KnownState state) {
        StateKey<UsageKnown> key = key(seen.account());
        UsageKnown known = state.get(key).orElse(null);
        UsageComparison.Change change = comparison.compare(known, seen, TurnRunsProposal.known(state, seen.account()));
        if (change.events().isEmpty() && change.next().equals(known)) {
            return Decision.NOTHING;
        }
        return Decision.of(change.events(), key, change.next());
    }
}
