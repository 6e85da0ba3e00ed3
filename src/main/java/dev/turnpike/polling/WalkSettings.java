package dev.turnpike.polling;

import dev.turnpike.comparison.AccountKnown;
import dev.turnpike.publishing.AccountProposal;
import dev.turnpike.shard.Proposal;
import java.time.Duration;
import java.util.function.UnaryOperator;

/**
 * How task pages are walked.
 *
 * @param pageSize tasks per page
 * @param sweep time for one round through the older pages
 * @param sweepAge how far back that round goes
 * @param fromBeginning whether the history is published at first contact
 * @param details whether details of ended turns are fetched
 */
public record WalkSettings(int pageSize, Duration sweep, Duration sweepAge, boolean fromBeginning, boolean details) {

    Proposal move(String account, UnaryOperator<AccountKnown> step) {
        return new AccountProposal(account, step);
    }
}
