package dev.turnpike.publishing;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.Task;
import dev.turnpike.comparison.Ended;
import dev.turnpike.comparison.KnownRecords;
import dev.turnpike.comparison.TaskChange;
import dev.turnpike.comparison.TaskKnown;
import dev.turnpike.credentials.Identity;
import dev.turnpike.events.Details;
import dev.turnpike.events.EndedTurn;
import dev.turnpike.events.Event;
import dev.turnpike.events.TurnEvents;
import dev.turnpike.shard.Decision;
import dev.turnpike.shard.KnownState;
import dev.turnpike.shard.Proposal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A task that upstream no longer has: its open turns are closed, what waited for details is told without. */
public record TaskGone(Identity account, String taskId, TurnEvents turns, Instant at) implements Proposal {

    @Override
    public Decision against(KnownState known) {
        TaskKnown before = TaskProposal.knownTask(known, account.account(), taskId);
        if (before == null || before.gone()) {
            return Decision.NOTHING;
        }
        TaskChange change = TaskProposal.comparison(known, account.account()).gone(before);
        List<Event> events = new ArrayList<>();
        for (Ended ended : change.publishable()) {
            events.add(turns.of(endedTurn(ended)));
        }
        JsonNode next = KnownRecords.write(change.next());
        return new Decision(events, Map.of(KnownRecords.taskKey(account.account(), taskId), next));
    }

    private EndedTurn endedTurn(Ended ended) {
        Task.LatestTurn latest = new Task.LatestTurn(
                ended.turnId(), ended.status(), ended.status().word(), null, 1);
        Task remembered = new Task(taskId, null, null, null, null, null, null, false, latest, List.of());
        return new EndedTurn(
                account,
                remembered,
                ended.turnId(),
                ended.status(),
                ended.createdAt(),
                ended.endedAt(),
                at,
                1,
                Details.UNAVAILABLE,
                null,
                null,
                List.of(),
                ended.backfill());
    }
}
