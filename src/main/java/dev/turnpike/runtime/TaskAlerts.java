package dev.turnpike.runtime;

import dev.turnpike.alerts.AlertRules;
import dev.turnpike.alerts.TaskWatchProposal;
import dev.turnpike.comparison.Observation;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.polling.Onlooker;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import dev.turnpike.usage.TurnRunsProposal;
import java.time.Instant;
import java.util.List;

/** Watches tasks for standing still and for contradictions, and notes which turns run for the attribution of usage. */
record TaskAlerts(AlertRules rules, TaskLinks links) implements Onlooker {

    @Override
    public List<Proposal> saw(Identity account, Observation observed) {
        return List.of(
                new TaskWatchProposal(account, observed, rules, links),
                TurnRunsProposal.seen(account.account(), observed));
    }

    @Override
    public List<Proposal> gone(Identity account, String taskId, Instant at) {
        return List.of(
                TaskWatchProposal.gone(account.account(), taskId),
                TurnRunsProposal.gone(account.account(), taskId, at));
    }

    @Override
    public List<String> doubtful(KnownState known, String account) {
        return TaskWatchProposal.doubtful(known, account);
    }
}
