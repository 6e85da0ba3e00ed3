package dev.turnpike.usage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.CodexRequest;
import dev.turnpike.credentials.Credentials;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.StateKey;
import dev.turnpike.shard.StateKind;
import dev.turnpike.usage.TurnRuns.TurnRunsProposal;
import dev.turnpike.usage.UsageComparison.UsageRules;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;

/**
 * Steps of the route {@code poll-account-usage}: create the request, and compare the reply with the known state.
 *
 * @param isKnown whether a proposal changes nothing, evaluated against the committed state of an account
 */
public record UsagePoll(
        BiPredicate<String, Proposal> isKnown,
        UsageReader reader,
        UsageRules rules,
        BiConsumer<String, List<UsageReply.Limit>> observer,
        ResetCreditPoll resetCredits,
        Clock clock) {

    /** The call to make. */
    public CodexRequest request(Credentials credentials, String account) {
        return CodexRequest.get(credentials, account, "usage");
    }

    /**
     * The proposals to publish; none where all is known.
     *
     * @param upstreamTime upstream's clock when it answered, null when it did not say
     * @throws dev.turnpike.codex.UpstreamException when the reply is no usage at all
     */
    public List<Proposal> compare(JsonNode reply, String account, Instant upstreamTime) {
        Instant at = upstreamTime == null ? clock.instant() : upstreamTime;
        UsageReply usage = reader.read(reply, at);
        observer.accept(account, Spending.withLimits(usage));
        resetCredits.saw(account, usage);
        UsageProposal proposal =
                new UsageProposal(new UsageComparison(rules), new UsageObservation(account, usage, at));
        return isKnown.test(account, proposal) ? List.of() : List.of(proposal);
    }

    /** Publishes a poll of an account's usage where something has changed. */
    public record UsageProposal(UsageComparison comparison, UsageObservation seen) implements Proposal {
        /** Kind of the known usage, one record per account. */
        public static final StateKind<KnownUsage> KIND = new StateKind<>("usage", "windows", KnownUsage.class, 1);

        @Override
        public Decision decide(KnownState state) {
            StateKey<KnownUsage> key = KIND.key(seen.account());
            KnownUsage known = state.get(key).orElse(null);
            UsageComparison.Change change =
                    comparison.compare(known, seen, TurnRunsProposal.known(state, seen.account()));
            return Decision.change(key, known, change.next(), change.events());
        }
    }
}
