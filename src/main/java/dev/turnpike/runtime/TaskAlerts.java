package dev.turnpike.runtime;

import dev.turnpike.alerts.AlertRules;
import dev.turnpike.alerts.NeedsInputProposal;
import dev.turnpike.alerts.TaskWatchProposal;
import dev.turnpike.comparison.Observation;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.TaskLinks;
import dev.turnpike.scan.TaskListener;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import dev.turnpike.usage.TurnRuns.TurnRunsProposal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds proposals to those of an observed task: alerts about stalled and contradictory tasks, and the running turns, to
 * which usage is attributed.
 */
record TaskAlerts(AlertRules rules, TaskLinks links) implements TaskListener {

    @Override
    public List<Proposal> onObserved(Identity account, List<Observation> observed) {
        List<Proposal> proposals = new ArrayList<>();
        observed.forEach(task -> proposals.add(new TaskWatchProposal(account, task, rules, links)));
        // usage is attributed by turn id, which is a thread's own only within the thread
        List<Observation> tasks =
                observed.stream().filter(seen -> !seen.task().isThread()).toList();
        if (!tasks.isEmpty()) {
            proposals.add(TurnRunsProposal.seen(account.account(), tasks));
        }
        observed.stream()
                .filter(seen -> seen.task().isThread())
                .forEach(seen -> proposals.add(new NeedsInputProposal(account, seen, links)));
        return proposals;
    }

    @Override
    public List<Proposal> onGone(Identity account, String taskId, Instant at) {
        return List.of(
                TaskWatchProposal.gone(account.account(), taskId),
                TaskWatchProposal.threadGone(account.account(), taskId),
                NeedsInputProposal.gone(account.account(), taskId),
                TurnRunsProposal.gone(account.account(), taskId, at));
    }

    @Override
    public List<String> conflicting(KnownState known, String account) {
        return TaskWatchProposal.conflicting(known, account);
    }
}
