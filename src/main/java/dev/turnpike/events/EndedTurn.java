package dev.turnpike.events;

import dev.turnpike.codex.Task;
import dev.turnpike.codex.Task.PullRequest;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.Turn.DiffStats;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.Observation.DetailsOutcome;
import dev.turnpike.comparison.TaskChange.Ended;
import dev.turnpike.credentials.Identity;
import java.util.List;

/**
 * All data of a turn that has ended, from which its event is built.
 *
 * @param account of the turn
 * @param observed its task as its end was observed, with what was read about the turn
 * @param end of the turn
 */
public record EndedTurn(Identity account, Observation observed, Ended end) {

    /**
     * @throws IllegalArgumentException when the status is not terminal, or the content is another turn's: a text must
     *      never be published as that of another turn
     */
    public EndedTurn {
        Turn content = observed.details().get(end.turnId()).turn();
        if (!end.status().isTerminal()) {
            throw new IllegalArgumentException("turn=" + end.turnId() + " has not ended: status="
                    + end.status().label());
        }
        if (content != null && !content.id().equals(end.turnId())) {
            throw new IllegalArgumentException(
                    "turn=" + end.turnId() + " cannot have the content of turn=" + content.id());
        }
    }

    public Task task() {
        return observed.task();
    }

    DetailsOutcome details() {
        return observed.details().get(end.turnId());
    }

    /** The turn with its messages and diff, null when not known. */
    Turn content() {
        return details().turn();
    }

    /** Attempts at the turn's request, including the turn itself; 0 when unknown. */
    public int attemptCount() {
        Turn mapped = observed.turns() == null ? null : observed.turns().turns().get(end.turnId());
        Task.LatestTurn latest = task().latest();
        // where a task is asked for by its id, a single attempt may be one of several that only its turn names
        boolean counted = end.turnId().equals(latest.id()) && (observed.listed() || latest.attemptCount() > 1);
        return Math.max(Math.max(siblings(content()), siblings(mapped)), counted ? latest.attemptCount() : 0);
    }

    private static int siblings(Turn turn) {
        return turn == null ? 0 : turn.siblingTurnIds().size() + 1;
    }

    List<PullRequest> pullRequests() {
        return details().pullRequests().isEmpty()
                ? task().pullRequests()
                : details().pullRequests();
    }

    /**
     * Size of its change, null where it made none or it is not known. The list's figures are preferred, since users see
     * them in Codex, but they are this turn's only while it is the latest.
     */
    public DiffStats diffStats() {
        Task.LatestTurn latest = task().latest();
        if (end.turnId().equals(latest.id()) && latest.diffStats() != null) {
            return latest.diffStats();
        }
        return content() == null ? null : content().diffStats();
    }

    /** The base branch, null when not known. */
    public String branch() {
        return content() != null && content().branch() != null ? content().branch() : task().branch();
    }

    /** {@code owner/name}, null when not known. */
    public String repository() {
        return content() == null ? task().repository() : content().repository();
    }
}
