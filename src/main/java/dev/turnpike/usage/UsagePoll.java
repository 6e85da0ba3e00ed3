package dev.turnpike.usage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.credentials.Credentials;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The steps of the usage route that are Java: what to ask, and whether the answer is news. */
public final class UsagePoll {
    private final Function<String, Optional<? extends KnownState>> states;
    private final UsageReader reader;
    private final UsageComparison comparison;
    private final Clock clock;

    /**
     * The steps over this state.
     *
     * @param states the committed state by account, empty where this instance does not own the account's shard
     */
    public UsagePoll(
            Function<String, Optional<? extends KnownState>> states,
            UsageReader reader,
            UsageRules rules,
            Clock clock) {
        this.states = states;
        this.reader = reader;
        this.comparison = new UsageComparison(rules);
        this.clock = clock;
    }

    /** The call to make. */
    public CodexRequest request(Credentials credentials, String account) {
        return CodexRequest.get(credentials, account, "usage");
    }

    /**
     * What is to be published; nothing where all of it is known.
     *
     * @param upstreamTime upstream's clock when it answered, null when it did not tell
     * @throws dev.turnpike.codex.UpstreamException when the reply is no usage at all
     */
    public List<Proposal> compare(JsonNode reply, String account, Instant upstreamTime) {
        Instant at = upstreamTime == null ? clock.instant() : upstreamTime;
        UsageProposal proposal =
                new UsageProposal(comparison, new UsageObservation(account, reader.read(reply, at), at));
        boolean known = states.apply(account)
                .map(state -> proposal.against(state).isNothing())
                .orElse(false);
        return known ? List.of() : List.of(proposal);
    }
}
