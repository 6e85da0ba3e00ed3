package dev.turnpike.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.Replies;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.TaskDetailsReader;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.Observation.DetailsOutcome;
import dev.turnpike.comparison.TaskChange.Ended;
import dev.turnpike.credentials.Identity;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Turns that have ended, made of the sample replies. */
final class Samples {
    static final Identity ACCOUNT = new Identity("ws-1/user-1", "pro");
    static final Instant CREATED = Instant.parse("2026-11-22T10:00:00Z");
    static final Instant ENDED = Instant.parse("2026-11-22T10:01:30.500Z");
    static final Instant OBSERVED = Instant.parse("2026-11-22T10:01:40.123456Z");

    private Samples() {}

    static EndedTurn ended(String reply) {
        return ended(Replies.body(reply));
    }

    static EndedTurn ended(JsonNode reply) {
        TaskDetails details = new TaskDetailsReader(DriftObserver.NONE)
                .read(reply, reply.at("/task/id").textValue());
        Turn turn = details.assistantTurn();
        Turn user = details.userTurn();
        Ended end = new Ended(turn.id(), turn.status(), CREATED, ENDED, false);
        return of(
                details.task(),
                end,
                DetailsOutcome.complete(
                        turn, user == null ? null : user.text(), details.task().pullRequests()));
    }

    static EndedTurn of(Task task, Ended end, DetailsOutcome details) {
        Observation observed = new Observation(task, "", true, null, Map.of(end.turnId(), details), OBSERVED);
        return new EndedTurn(ACCOUNT, observed, end);
    }

    /** A turn of which only the list has reported. */
    static EndedTurn bare(TurnStatus status) {
        Task task = new Task(
                "task_e_1",
                null,
                null,
                null,
                null,
                null,
                null,
                false,
                new Task.LatestTurn(null, status, status.label(), null, 1),
                List.of(),
                null);
        return of(
                task,
                new Ended("task_e_1~assttrn_e_1", status, null, null, true),
                DetailsOutcome.without(DetailsOutcome.Status.UNAVAILABLE));
    }

    /** As a reader of the record sees it. */
    static JsonNode read(JsonNode data) {
        try {
            return Replies.JSON.readTree(data.toString());
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    /** The same turn with other texts: the longest and oddest that upstream could send. */
    static EndedTurn with(EndedTurn ended, Task task, Turn turn, String prompt) {
        DetailsOutcome details = new DetailsOutcome(ended.details().status(), turn, prompt, task.pullRequests());
        return of(task, ended.end(), details);
    }
}
