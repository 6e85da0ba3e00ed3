package dev.turnpike.polling;

import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.events.AttemptsEvents;
import dev.turnpike.events.TaskSnapshots;
import dev.turnpike.events.TurnEvents;
import java.time.Clock;
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
        Clock clock) {}
