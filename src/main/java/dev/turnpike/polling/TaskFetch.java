package dev.turnpike.polling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.codex.DriftObserver;
import dev.turnpike.codex.TaskDetails;
import dev.turnpike.codex.TaskDetailsReader;
import dev.turnpike.codex.Turn;
import dev.turnpike.codex.TurnMap;
import dev.turnpike.codex.TurnMapReader;
import dev.turnpike.codex.TurnStatus;
import dev.turnpike.codex.UpstreamException;
import dev.turnpike.codex.UpstreamException.Kind;
import dev.turnpike.codex.call.CodexClient;
import dev.turnpike.comparison.Observation;
import dev.turnpike.comparison.Observation.DetailsOutcome;
import dev.turnpike.comparison.Observation.DetailsOutcome.Word;
import dev.turnpike.comparison.TaskChange;
import dev.turnpike.comparison.TaskChange.Ended;
import dev.turnpike.polling.TaskUpdate.Absence;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks Codex what the list does not say about one task: all its turns, and the content of those that ended. The
 * comparison is asked again after each reply, so that the next call is always the one that is still needed.
 */
final class TaskFetch {
    private final CodexClient codex;
    private final DriftObserver drift;
    private final TaskDetailsReader detailsReader;
    private final TurnMapReader turnsReader;

    TaskFetch(CodexClient codex, DriftObserver drift) {
        this.codex = codex;
        this.drift = drift;
        this.detailsReader = new TaskDetailsReader(drift);
        this.turnsReader = new TurnMapReader(drift);
    }

    /** The update with everything that can be learned about the task now; may be asked by several threads at once. */
    TaskUpdate complete(TaskScan scan, TaskUpdate update) {
        return new Conversation(scan, update).complete();
    }

    /** The calls about one task. */
    private final class Conversation {
        private final TaskScan scan;
        private final TaskUpdate begun;
        private final Map<String, DetailsOutcome> outcomes = new LinkedHashMap<>();
        private Observation observed;
        private TaskChange change;
        private TaskDetails details;
        private boolean turnsAsked;
        private boolean cut;
        private UpstreamException failure;

        Conversation(TaskScan scan, TaskUpdate begun) {
            this.scan = scan;
            this.begun = begun;
            this.observed = begun.observed();
            this.change = begun.change();
        }

        @SuppressWarnings("ReferenceEquality") // the same observation, not an equal one
        TaskUpdate complete() {
            if (observed == null) {
                readDetails();
                if (details == null) {
                    return begun.unread(failure, absence());
                }
                see(Observation.ofAsked(details.task(), scan.begun));
            }
            if (change.turnsNeeded()) {
                readTurns();
            }
            if (!change.detailsWanted().isEmpty()) {
                readContent();
            }
            if (cut && observed == begun.observed()) {
                // calls ended before its turn came: that is no failure of this task
                return begun;
            }
            return new TaskUpdate(begun.taskId(), begun.known(), withoutContent(), change, failure, Absence.NONE);
        }

        /** Updates wait for a transaction by the hundred: the texts of turns that were not asked for must not. */
        private Observation withoutContent() {
            return observed.turns() == null
                    ? observed
                    : observed.withTurns(observed.turns().withoutContent());
        }

        private void see(Observation next) {
            TaskUpdate now = scan.observe(begun.known(), next.withDetails(outcomes));
            observed = now.observed();
            change = now.change();
        }

        private JsonNode call(String... path) {
            JsonNode json = codex.read(scan.request(path)).json();
            scan.calls.succeeded();
            return json;
        }

        private void failed(UpstreamException e) {
            if (e != failure) {
                scan.calls.failed(e);
                failure = e;
            }
        }

        private void readDetails() {
            cut |= details == null && !scan.calls.arePossible();
            if (details == null && scan.calls.arePossible()) {
                try {
                    details = detailsReader.read(call("tasks", begun.taskId()), begun.taskId());
                } catch (UpstreamException e) {
                    failed(e);
                }
            }
        }

        private void readTurns() {
            if (turnsAsked || observed.turns() != null || !scan.calls.arePossible()) {
                return;
            }
            turnsAsked = true;
            try {
                see(observed.withTurns(turns()));
            } catch (UpstreamException e) {
                failed(e);
            }
        }

        /** A 404 may mean that upstream has no mapping; then the turns are followed back one by one. */
        private TurnMap turns() {
            try {
                return turnsReader.read(call("tasks", begun.taskId(), "turns"));
            } catch (UpstreamException e) {
                if (e.kind() != Kind.NOT_FOUND) {
                    throw e;
                }
            }
            drift.seen("missing:turns-endpoint");
            String latest = observed.task().latest().id();
            if (latest == null) {
                // upstream's list does not name it, the details may
                readDetails();
                if (details == null) {
                    throw failure == null ? UpstreamException.malformed("the latest turn is not named") : failure;
                }
            }
            TurnChain chain = new TurnChain(latest, begun.known(), details);
            while (chain.next() != null) {
                try {
                    chain.add(turnsReader.readTurn(call("tasks", begun.taskId(), "turns", chain.next())));
                } catch (UpstreamException e) {
                    if (e.kind() != Kind.NOT_FOUND) {
                        throw e;
                    }
                    drift.seen("missing:turn-endpoint");
                    chain.end();
                }
            }
            return chain.turns();
        }

        /** The details hold the current turn; of one that was followed up meanwhile only the mapping has the content. */
        private void readContent() {
            UpstreamException before = failure;
            failure = null;
            readDetails();
            if (details != null) {
                takeContent();
                if (change.detailsWanted().stream().anyMatch(ended -> details.turn(ended.turnId()) == null)) {
                    readTurns();
                    takeContent();
                }
                if (failure == null && !change.detailsWanted().isEmpty()) {
                    failure = UpstreamException.malformed("upstream does not show the content of an ended turn");
                }
            }
            if (failure != null && scan.countsAsTry(begun.taskId(), failure)) {
                Word word = failure.isRefusal() ? Word.REFUSED : Word.FAILED;
                for (Ended ended : change.detailsWanted()) {
                    outcomes.put(ended.turnId(), DetailsOutcome.without(word));
                }
                see(observed);
            }
            failure = failure == null ? before : failure;
        }

        private void takeContent() {
            for (Ended ended : List.copyOf(change.detailsWanted())) {
                Turn turn = details.turn(ended.turnId());
                if (turn == null && observed.turns() != null) {
                    turn = observed.turns().turns().get(ended.turnId());
                }
                if (turn != null && !isRunning(turn)) {
                    outcomes.put(
                            ended.turnId(),
                            DetailsOutcome.complete(
                                    turn, prompt(turn), details.task().pullRequests()));
                }
            }
            see(observed);
        }

        /** The list may be ahead of the details: what they show of a turn that has not ended is half of it. */
        private static boolean isRunning(Turn turn) {
            return turn.status() == TurnStatus.PENDING || turn.status() == TurnStatus.IN_PROGRESS;
        }

        private String prompt(Turn turn) {
            String request = turn.previousTurnId();
            if (request == null) {
                return null;
            }
            if (details.userTurn() != null && request.equals(details.userTurn().id())) {
                return details.userTurn().text();
            }
            Turn user =
                    observed.turns() == null ? null : observed.turns().turns().get(request);
            return user == null ? null : user.text();
        }

        private Absence absence() {
            if (failure == null || !scan.countsAsTry(begun.taskId(), failure)) {
                return Absence.NONE;
            }
            boolean missing = failure.kind() == Kind.NOT_FOUND;
            return missing && scan.isCertainlyGone(begun) ? Absence.GONE : Absence.FAILED;
        }
    }
}
