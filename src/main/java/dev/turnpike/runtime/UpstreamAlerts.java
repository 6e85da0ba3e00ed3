package dev.turnpike.runtime;

import dev.turnpike.alerts.AlertRules;
import dev.turnpike.alerts.DriftProposal;
import dev.turnpike.alerts.UpstreamProposal;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.polling.WatchedAccount;
import dev.turnpike.shard.Proposal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Proposes alerts about each poll's outcome and unknown elements to the account's shard. */
record UpstreamAlerts(AlertRules rules, UpstreamMeters drift, Clock clock)
        implements BiConsumer<WatchedAccount, UpstreamException> {
    private static final Logger log = LoggerFactory.getLogger(UpstreamAlerts.class);

    @Override
    public void accept(WatchedAccount account, UpstreamException failure) {
        Instant now = clock.instant();
        UpstreamException.Kind how = failure == null ? null : failure.kind();
        List<Proposal> proposals = List.of(
                new UpstreamProposal(account.identity(), account.kind().label(), how, now, rules),
                new DriftProposal(account.identity(), drift.names(), now));
        try {
            account.shard().publish(proposals);
        } catch (RuntimeException e) {
            // the next poll reports its own outcome
            log.warn(
                    "Failed to publish alert, retrying after the next poll account={} reason={}",
                    account.id(),
                    e.getMessage());
        }
    }
}
