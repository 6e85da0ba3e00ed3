package dev.turnpike.publishing;

import dev.turnpike.comparison.KnownAccount;
import dev.turnpike.comparison.KnownTask;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import dev.turnpike.shard.StateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Deletes idle tasks that did not change for long, and moves the horizon in the account's record: unknown tasks created
 * before it count as settled. Each call checks some of the known tasks.
 *
 * @param turn which of them; one more at each poll
 * @param before tasks that changed since are kept
 */
public record ForgetTasksProposal(String account, long turn, Instant before) implements Proposal {
    /** How many places of the table a call visits at most. */
    static final int VISITED = 500;
    /** Tolerance for upstream's times, which come from several clocks. */
    static final Duration MARGIN = Duration.ofHours(1);

    @Override
    public Decision decide(KnownState known) {
        KnownAccount state = Source.TASKS.account(known, account);
        // while the history is being read, or the list was not read down to this time, turns before it may be owed
        if (state == null || !state.historyDone()) {
            return Decision.NOTHING;
        }
        Instant seen = state.watermark().minus(MARGIN);
        Instant horizon = before.isBefore(seen) ? before : seen;
        Map<StateKey<?>, Record> changes = new LinkedHashMap<>();
        for (String taskId : known.idle(Source.TASKS.tasks(), account, turn, VISITED)) {
            KnownTask task = Source.TASKS.task(known, account, taskId);
            if (task != null
                    && task.isForgettable(horizon.minus(MARGIN))
                    && OpenAttempts.of(known, account, taskId).isEmpty()) {
                changes.put(Source.TASKS.tasks().key(account, taskId), null);
            }
        }
        if (changes.isEmpty()) {
            return Decision.NOTHING;
        }
        changes.put(Source.TASKS.accounts().key(account), state.withHorizon(horizon));
        return new Decision(List.of(), changes);
    }
}
