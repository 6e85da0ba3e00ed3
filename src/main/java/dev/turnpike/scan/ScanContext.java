package dev.turnpike.scan;

import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.events.AttemptsEvents;
import dev.turnpike.events.TaskSnapshots;
import dev.turnpike.events.TurnEvents;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;

/**
 * What all scans share, whatever their account and source.
 *
 * @param threads for calls side by side
 * @param listener is shown every task that was seen
 */
public record ScanContext(
        ScanSettings settings,
        CodexClient codex,
        ExecutorService threads,
        TurnEvents turns,
        TaskSnapshots snapshots,
        AttemptsEvents attempts,
        TaskListener listener,
        DriftObserver drift,
        ScanMemories memories,
        Clock clock) {
    /**
     * How the task list is scanned.
     *
     * @param pageSize tasks per page
     * @param sweep time from the beginning of one round through the older pages to that of the next
     * @param sweepAge how far back that round goes
     * @param fromBeginning whether the history is published at first contact
     * @param details whether details of ended turns are fetched
     * @param budget how long one poll may take; the next one goes on where it stopped
     * @param concurrency calls at a time per account
     * @param askAfter how long an open task may be out of the list's sight before it is asked for
     */
    public record ScanSettings(
            int pageSize,
            Duration sweep,
            Duration sweepAge,
            boolean fromBeginning,
            boolean details,
            Duration budget,
            int concurrency,
            Duration askAfter) {}
}
