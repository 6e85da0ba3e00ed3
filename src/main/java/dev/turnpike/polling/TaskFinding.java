package dev.turnpike.polling;

import dev.turnpike.codex.CodexRequest;
import dev.turnpike.codex.Task;
import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.comparison.DetailsOutcome;
import dev.turnpike.comparison.Ended;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.TaskChange;
import dev.turnpike.comparison.TaskComparison;
import dev.turnpike.comparison.TaskKnown;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A task on its way through one poll: what was seen of it, and what is still to be fetched before it can be told. Each
 * reply is taken in by comparing again, so that the next question is always the one that is still open.
 */
public final class TaskFinding {
    private final Walk walk;
    private final TaskComparison comparison;
    private final TaskKnown known;
    private final String taskId;
    private final Map<String, DetailsOutcome> details = new LinkedHashMap<>();
    private Observation observed;
    private TaskChange change;
    private TaskDetails read;
    private TurnChain chain;
    private boolean turnsFailed;
    private boolean headNeeded;
    private boolean askedInVain;
    private boolean gone;

    /** For a task as the list shows it. */
    static TaskFinding listed(Walk walk, TaskComparison comparison, TaskKnown known, Task task) {
        TaskFinding finding = new TaskFinding(walk, comparison, known, task.id());
        finding.see(Observation.ofListed(task, walk.begun()));
        return finding;
    }

    /** For a known task that the list did not show, to be asked for by its id. */
    static TaskFinding asked(Walk walk, TaskComparison comparison, TaskKnown known, String taskId) {
        return new TaskFinding(walk, comparison, known, taskId);
    }

    private TaskFinding(Walk walk, TaskComparison comparison, TaskKnown known, String taskId) {
        this.walk = walk;
        this.comparison = comparison;
        this.known = known;
        this.taskId = taskId;
    }

    private void see(Observation next) {
        observed = next.withDetails(details);
        change = comparison.compare(known, observed);
        if (!walk.wantsDetails() && !change.detailsWanted().isEmpty()) {
            outcome(DetailsOutcome.Word.NONE);
            observed = next.withDetails(details);
            change = comparison.compare(known, observed);
        }
    }

    private void outcome(DetailsOutcome.Word word) {
        change.detailsWanted().forEach(ended -> details.put(ended.turnId(), DetailsOutcome.without(word)));
    }

    public String taskId() {
        return taskId;
    }

    /** Whether there is something to fetch, to tell or to remember. */
    public boolean isChanged() {
        return isUnseen() || (change != null && change.changed());
    }

    /** Whether the turns mapping is to be read now. */
    public boolean isTurnsNeeded() {
        return change != null
                && walk.calls().arePossible()
                && !turnsFailed
                && observed.turns() == null
                && !isHeadMissing()
                && (change.turnsNeeded() || isWantedTurnElsewhere());
    }

    /** Upstream did not name the latest turn, and the details, which may, were not read. */
    private boolean isHeadMissing() {
        return headNeeded && read == null;
    }

    /** The details hold another turn than one that was asked for: only the mapping has it. */
    private boolean isWantedTurnElsewhere() {
        return read != null && change.detailsWanted().stream().anyMatch(ended -> read.turn(ended.turnId()) == null);
    }

    /** Whether the task's details are to be read now. */
    public boolean isDetailsNeeded() {
        return walk.calls().arePossible()
                && read == null
                && !gone
                && (change == null || isHeadMissing() || !change.detailsWanted().isEmpty());
    }

    public CodexRequest getDetailsRequest() {
        return walk.request("tasks", taskId);
    }

    public CodexRequest getTurnsRequest() {
        return walk.request("tasks", taskId, "turns");
    }

    /** The turns, one by one backwards; for where there is no mapping. */
    public TurnChain getChain() {
        return chain;
    }

    void turnsArrived(TurnMap turns) {
        see(observed.withTurns(turns));
        settleDetails();
    }

    /** Without a mapping the turns are followed back from the latest one. */
    void followBack() {
        headNeeded = observed.task().latest().id() == null;
        chain = isHeadMissing()
                ? null
                : new TurnChain(walk, taskId, observed.task().latest().id(), known, read);
    }

    void dropChain() {
        chain = null;
    }

    /** Whether the turns are to be followed back one by one. */
    public boolean isChained() {
        return chain != null && observed.turns() == null;
    }

    void detailsArrived(TaskDetails arrived) {
        read = arrived;
        if (observed == null) {
            see(Observation.ofAsked(arrived.task(), walk.begun()));
        }
        settleDetails();
    }

    /** What was asked for did not come; the walk says whether that is a matter of this task. */
    void detailsFailed(UpstreamException failure) {
        boolean vain = walk.calls().countsAsTry(failure);
        if (change == null) {
            gone = failure.kind() == UpstreamException.Kind.NOT_FOUND;
            askedInVain = vain && !gone;
        } else if (vain) {
            outcome(DetailsOutcome.Word.FAILED);
            see(observed);
        }
    }

    void turnsFailed(UpstreamException failure) {
        turnsFailed = true;
        detailsFailed(failure);
    }

    private void settleDetails() {
        if (read == null) {
            return;
        }
        for (Ended ended : List.copyOf(change.detailsWanted())) {
            Turn turn = read.turn(ended.turnId());
            if (turn == null && observed.turns() != null) {
                turn = observed.turns().turns().get(ended.turnId());
                if (turn == null) {
                    // neither reply has it: that is all there will ever be
                    details.put(ended.turnId(), DetailsOutcome.without(DetailsOutcome.Word.FAILED));
                }
            }
            if (turn != null) {
                details.put(
                        ended.turnId(),
                        DetailsOutcome.complete(turn, prompt(turn), read.task().pullRequests()));
            }
        }
        see(observed);
    }

    private String prompt(Turn turn) {
        String request = turn.previousTurnId();
        if (request == null) {
            return null;
        }
        if (read.userTurn() != null && request.equals(read.userTurn().id())) {
            return read.userTurn().text();
        }
        Turn user = observed.turns() == null ? null : observed.turns().turns().get(request);
        return user == null ? null : user.text();
    }

    /** Whether the task was asked for and not seen, be it gone or not. */
    boolean isUnseen() {
        return gone || askedInVain;
    }

    /** Whether upstream no longer has the task. */
    boolean isGone() {
        return gone;
    }

    Observation observed() {
        return observed;
    }

    @Override
    public String toString() {
        return "TaskFinding[task=" + taskId + "]";
    }
}
