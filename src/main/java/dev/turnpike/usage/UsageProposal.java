package dev.turnpike.usage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.comparison.KnownRecords;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import java.util.Map;

/** A look at an account's usage, to be told where it is news. */
public record UsageProposal(UsageComparison comparison, UsageObservation seen) implements Proposal {

    /** Under which the usage of an account is known. */
    public static String key(String account) {
        return "usage|" + account + "|windows";
    }

    @Override
    public Decision against(KnownState state) {
        String key = key(seen.account());
        JsonNode record = state.get(key).orElse(null);
        UsageKnown known = record == null ? null : KnownRecords.read(record, UsageKnown.class, UsageKnown.VERSION);
        UsageChange change = comparison.compare(known, seen, TurnRunsProposal.known(state, seen.account()));
        if (change.events().isEmpty() && change.next().equals(known)) {
            return Decision.NOTHING;
        }
        return new Decision(change.events(), Map.of(key, KnownRecords.write(change.next())));
    }
}
