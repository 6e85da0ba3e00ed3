package dev.turnpike.runtime;

import dev.turnpike.alerts.AuthProposal;
import dev.turnpike.alerts.DriftProposal;
import dev.turnpike.alerts.NeedsInputProposal;
import dev.turnpike.alerts.TaskWatchProposal;
import dev.turnpike.alerts.UpstreamProposal;
import dev.turnpike.publishing.OpenAttempts;
import dev.turnpike.publishing.Source;
import dev.turnpike.shard.StateKind;
import dev.turnpike.usage.ResetCreditPoll;
import dev.turnpike.usage.TurnRuns.TurnRunsProposal;
import dev.turnpike.usage.UsagePoll.UsageProposal;
import java.util.List;

/** Every kind of record in the state topic: one that is missing here would be written and never read back. */
public final class StateKinds {
    private StateKinds() {}

    public static List<StateKind<?>> all() {
        return List.of(
                Source.TASKS.accounts(),
                Source.TASKS.tasks(),
                Source.THREADS.accounts(),
                Source.THREADS.tasks(),
                OpenAttempts.KIND,
                AuthProposal.KIND,
                UsageProposal.KIND,
                TurnRunsProposal.KIND,
                ResetCreditPoll.KIND,
                TaskWatchProposal.KIND,
                TaskWatchProposal.THREADS,
                NeedsInputProposal.KIND,
                UpstreamProposal.KIND,
                DriftProposal.KIND);
    }
}
